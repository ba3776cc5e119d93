import { DAY_ENTRY_BYTES } from './find-in-day.ts'
import { addEntries } from './hash-run.ts'
import type { RolledDay } from './roll-plan.ts'
import { orderByHash, RunEntries } from './run-entries.ts'

/** The pages of a run, read as they are wanted. */
export interface PagedRun {
  readonly firsts: BigUint64Array
  readonly readPage: (page: number) => Uint8Array
  readonly entries: number
}

/** Sorted in one go: hashes are uniform, so ranges of equal width have about as many. */
const SLICE_ENTRIES = 262_144
const HIGHS = 2 ** 32

/**
 * A day's object, piece by piece: entries sorted by hash, then the day as JSON, its length u32 and the
 * version u8. The same runs make the same bytes.
 */
export function* encodeDay(runs: readonly PagedRun[], day: RolledDay): Generator<Uint8Array> {
  const slices = Math.ceil(day.entries / SLICE_ENTRIES)
  for (let slice = 0; slice < slices; slice += 1) {
    const range = {
      from: Math.floor((HIGHS * slice) / slices),
      to: Math.floor((HIGHS * (slice + 1)) / slices),
    }
    yield encodeSlice(runs, range)
  }
  const json = new TextEncoder().encode(JSON.stringify(day))
  const end = new Uint8Array(json.length + 5)
  end.set(json)
  new DataView(end.buffer).setUint32(json.length, json.length)
  end[json.length + 4] = day.v
  yield end
}

/** Hashes whose upper halves are from a number to below another. */
export interface HighRange {
  readonly from: number
  readonly to: number
}

function encodeSlice(runs: readonly PagedRun[], range: HighRange): Uint8Array {
  const pages = runs.flatMap((run) => pagesOf(run, range).map(run.readPage))
  const capacity = pages.reduce((sum, page) => sum + addEntries(page, range, null), 0)
  const entries = new RunEntries(capacity)
  for (const page of pages) addEntries(page, range, entries)
  const bytes = new Uint8Array(capacity * DAY_ENTRY_BYTES)
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const place of orderByHash(entries)) {
    view.setUint32(at, entries.highs[place] ?? 0)
    view.setUint32(at + 4, entries.lows[place] ?? 0)
    view.setUint32(at + 8, entries.chunks[place] ?? 0)
    at += DAY_ENTRY_BYTES
  }
  return bytes
}

/** The pages on which a range of hashes stands: from the last that begins before it. */
function pagesOf({ firsts }: PagedRun, { from, to }: HighRange): number[] {
  const pages: number[] = []
  for (let page = 0; page < firsts.length; page += 1) {
    const next = firsts[page + 1]
    const isBefore = next !== undefined && Number(next >> 32n) < from
    if (!isBefore && Number((firsts[page] ?? 0n) >> 32n) < to) pages.push(page)
  }
  return pages
}

/** Joins pieces into parts of one size, the last one smaller: as R2 wants them. */
export function* inParts(pieces: Iterable<Uint8Array>, partBytes: number): Generator<Uint8Array> {
  let part = new Uint8Array(partBytes)
  let filled = 0
  for (const piece of pieces) {
    let at = 0
    while (at < piece.length) {
      const taken = piece.subarray(at, at + partBytes - filled)
      part.set(taken, filled)
      filled += taken.length
      at += taken.length
      if (filled < partBytes) continue
      yield part
      part = new Uint8Array(partBytes)
      filled = 0
    }
  }
  if (filled > 0) yield part.subarray(0, filled)
}
