import { decodeKind, type Hash, type SegmentItem } from '../../worker/event/segment.ts'
import type { IndexedChunk } from './chunk.ts'
import { addCounts, type Counts, countItems, NO_COUNTS } from './counts.ts'
import type { HashIndex } from './hash-index.ts'
import type { IntakeMemory } from './intake-memory.ts'
import type { IntakeStore } from './intake-store.ts'
import { findItems, SEGMENT_KIND } from './packed-index.ts'

/** One time that a message id was received. */
export interface Occurrence {
  readonly kind: SegmentItem['kind']
  readonly receivedAtMs: number
  /** Where it is in the archive, or will be once its chunk is planned. */
  readonly chunk: string | null
  readonly state: 'logged' | 'archived'
  /** Its line, or the sample of a discard, while it is in the log. */
  readonly text: string | null
}

/** How everything received in a time ended; `archived` of the events. */
export interface Balance extends Counts {
  readonly archived: number
}

/** A time from a start up to an end. */
export interface TimeRange {
  readonly startMs: number
  readonly endMs: number
}

/** Some rows of the log, with the key of the chunk that took them. */
interface LoggedRows {
  readonly from: number
  readonly to: number
  readonly key: string | null
}

/** What a look-up reads. */
export interface LookUpParts {
  readonly store: IntakeStore
  readonly index: HashIndex
  readonly memory: IntakeMemory
  /** `{source}.{region}.{shard}.{epoch}`. */
  readonly intake: string
}

/** Every time that a message id was received in the last 25 h, in the order of commits. */
export function findOccurrences(hash: Hash, parts: LookUpParts): Occurrence[] {
  const inChunks = findChunks(hash, parts).flatMap((seq) => {
    const chunk = parts.store.readChunk(seq)
    return chunk === null ? [] : findInChunk(hash, chunk, parts)
  })
  const [first] = parts.memory.pending
  if (first === undefined) return inChunks
  const pending = { from: first.n, to: Number.MAX_SAFE_INTEGER, key: null }
  const isWanted = ({ messageHash }: SegmentItem) => messageHash === hash
  return [...inChunks, ...readLogged(parts.store, pending, isWanted)]
}

/** How everything ended that was received in a time; by the hour where chunk rows are forgotten. */
export function readBalance({ startMs, endMs }: TimeRange, parts: LookUpParts): Balance {
  const { store, memory } = parts
  const isIn = (ms: number) => ms >= startMs && ms < endMs
  let counts = NO_COUNTS
  let archived = 0
  const add = (more: Counts, isArchived: boolean) => {
    counts = addCounts(counts, more)
    if (isArchived) archived += more.events
  }
  for (const { hourMs, ...hour } of store.readHours()) if (isIn(hourMs)) add(hour, true)
  for (const chunk of memory.routed) if (isIn(chunk.plannedAtMs)) add(chunk.counts, true)
  for (const chunk of memory.open.values()) {
    if (isIn(chunk.plannedAtMs)) add(chunk.counts, chunk.state !== 'planned')
  }
  const [first] = memory.pending
  if (first === undefined) return { ...counts, archived }
  for (const commit of store.readCommits(first.n, Number.MAX_SAFE_INTEGER)) {
    if (isIn(commit.atMs)) add(countItems(commit.segments), false)
  }
  return { ...counts, archived }
}

/** The chunks whose rows may have a hash: from runs, and those that no run has yet. */
function findChunks(hash: Hash, { index, memory }: LookUpParts): number[] {
  const sealed = index.find('m', hash).map(({ chunk }) => chunk)
  return [...new Set([...sealed, ...memory.unsealed.map(({ seq }) => seq)])].sort((a, b) => a - b)
}

/** The row tells what a chunk has; its log rows are read only for lines, as long as they are there. */
function findInChunk(hash: Hash, chunk: IndexedChunk, { store }: LookUpParts): Occurrence[] {
  const items = findItems(chunk.packed, hash).filter(({ kind }) => kind !== SEGMENT_KIND)
  if (items.length === 0) return []
  if (chunk.state === 'planned') {
    return readLogged(store, chunk, ({ messageHash }) => messageHash === hash)
  }
  return items.map(({ kind, receivedAtMs }) => ({
    kind: decodeKind(kind),
    receivedAtMs,
    chunk: chunk.lines === 0 ? null : chunk.key,
    state: 'archived',
    text: null,
  }))
}

/** The items that are wanted of some log rows. */
export function readLogged(
  store: IntakeStore,
  { from, to, key }: LoggedRows,
  isWanted: (item: SegmentItem) => boolean,
): Occurrence[] {
  const found: Occurrence[] = []
  for (const { receivedAtMs, items } of [...store.readCommits(from, to)].flatMap(
    ({ segments }) => segments,
  )) {
    for (const { kind, line } of items.filter(isWanted)) {
      const text = line.length === 0 ? null : new TextDecoder().decode(line).trimEnd()
      found.push({ kind, receivedAtMs, chunk: key, state: 'logged', text })
    }
  }
  return found
}
