import type { Hash } from '../../worker/event/segment.ts'
import { orderByHash, type RunEntries } from './run-entries.ts'

/** Where a hash occurred: in which chunk, as what (0 an event; segment.ts has the other kinds). */
export interface IndexEntry {
  readonly hash: Hash
  readonly chunk: number
  readonly kind: number
}

/** A sorted run of entries, cut into pages; small enough that a look-up reads one page. */
export interface EncodedRun {
  readonly pages: readonly Uint8Array[]
  /** The first hash of each page. */
  readonly firsts: BigUint64Array
  /** A Bloom filter over all hashes; empty if none is wanted. */
  readonly filter: Uint8Array
}

/** How a run is laid out. */
export interface RunShape {
  readonly hasFilter: boolean
  readonly pageEntries: number
}

/** Message ids are looked up with each event: pages of 16 KB. */
export const MESSAGE_RUN: RunShape = { hasFilter: true, pageEntries: 1_260 }
/**
 * Users are looked up by people, now and then: a filter would only take memory, and a page of 256 KB is
 * one row to pay for, as is one of 16.
 */
export const USER_RUN: RunShape = { hasFilter: false, pageEntries: 20_160 }

// hash 8 · chunk u32 · kind u8
const ENTRY_BYTES = 8 + 4 + 1
/** One look-up in 2,000 reads a page in vain. */
const FILTER_BITS_PER_ENTRY = 16
const FILTER_PROBES = 6
const LOW_BITS = 0xffff_ffffn

/** Sorts and encodes entries; one hash may occur more than once. */
export function encodeRun(entries: RunEntries, { hasFilter, pageEntries }: RunShape): EncodedRun {
  const order = orderByHash(entries)
  const pages: Uint8Array[] = []
  for (let at = 0; at < order.length; at += pageEntries) {
    pages.push(encodePage(entries, order.subarray(at, at + pageEntries)))
  }
  const firsts = BigUint64Array.from(pages, (page) => viewOf(page).getBigUint64(0))
  const filterBytes = Math.ceil((entries.length * FILTER_BITS_PER_ENTRY) / 8)
  const filter = new Uint8Array(hasFilter ? filterBytes : 0)
  if (hasFilter) fillFilter(filter, entries)
  return { pages, firsts, filter }
}

/** Whether a hash may be in a run; false is certain. */
export function mayContain(filter: Uint8Array, hash: Hash): boolean {
  const bits = filter.length * 8
  if (bits === 0) return false
  let bit = Number(hash & LOW_BITS) % bits
  const step = stepOf(Number(hash >> 32n), bits)
  for (let n = 0; n < FILTER_PROBES; n += 1) {
    if (((filter[bit >>> 3] ?? 0) & (1 << (bit & 7))) === 0) return false
    bit += step
    if (bit >= bits) bit -= bits
  }
  return true
}

/** The pages on which a hash may stand, first and last: equal hashes may go over an edge. */
export function findPages(firsts: BigUint64Array, hash: Hash): { from: number; to: number } {
  let low = 0
  let high = firsts.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((firsts[middle] ?? 0n) < hash) low = middle + 1
    else high = middle
  }
  let to = low
  while (to < firsts.length && firsts[to] === hash) to += 1
  return { from: Math.max(0, low - 1), to: to - 1 }
}

/** All entries of a hash on a page. */
export function findEntries(page: Uint8Array, hash: Hash): IndexEntry[] {
  const view = viewOf(page)
  const count = page.length / ENTRY_BYTES
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (view.getBigUint64(middle * ENTRY_BYTES) < hash) low = middle + 1
    else high = middle
  }
  const found: IndexEntry[] = []
  for (let index = low; index < count; index += 1) {
    const at = index * ENTRY_BYTES
    if (view.getBigUint64(at) !== hash) break
    found.push({ hash, chunk: view.getUint32(at + 8), kind: view.getUint8(at + 12) })
  }
  return found
}

/** Counts the entries of a page whose hashes are in a range, and adds them to a run if there is one. */
export function addEntries(
  page: Uint8Array,
  { from, to }: { readonly from: number; readonly to: number },
  run: RunEntries | null,
): number {
  const view = viewOf(page)
  let count = 0
  for (let at = 0; at < page.length; at += ENTRY_BYTES) {
    const high = view.getUint32(at)
    if (high < from || high >= to) continue
    count += 1
    const [low, chunk, kind] = [
      view.getUint32(at + 4),
      view.getUint32(at + 8),
      view.getUint8(at + 12),
    ]
    run?.add({ high, low, chunk, kind })
  }
  return count
}

/** How many entries pages of so many bytes hold. */
export const entriesIn = (bytes: number): number => bytes / ENTRY_BYTES

function encodePage({ highs, lows, chunks, kinds }: RunEntries, order: Uint32Array): Uint8Array {
  const page = new Uint8Array(order.length * ENTRY_BYTES)
  const view = viewOf(page)
  for (let index = 0; index < order.length; index += 1) {
    const place = order[index] ?? 0
    const at = index * ENTRY_BYTES
    view.setUint32(at, highs[place] ?? 0)
    view.setUint32(at + 4, lows[place] ?? 0)
    view.setUint32(at + 8, chunks[place] ?? 0)
    view.setUint8(at + 12, kinds[place] ?? 0)
  }
  return page
}

/** Sets the bits that `mayContain` asks for. */
function fillFilter(filter: Uint8Array, { length, highs, lows }: RunEntries): void {
  const bits = filter.length * 8
  for (let place = 0; place < length; place += 1) {
    let bit = (lows[place] ?? 0) % bits
    const step = stepOf(highs[place] ?? 0, bits)
    for (let n = 0; n < FILTER_PROBES; n += 1) {
      const at = bit >>> 3
      filter[at] = (filter[at] ?? 0) | (1 << (bit & 7))
      bit += step
      if (bit >= bits) bit -= bits
    }
  }
}

/** The halves of a hash make as many bits as are wanted (Kirsch and Mitzenmacher, 2006). */
const stepOf = (high: number, bits: number) => ((high | 1) >>> 0) % bits

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
