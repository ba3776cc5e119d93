import { decodeKind, type Hash, type SegmentItem } from '../../worker/event/segment.ts'
import { archiveKey } from './chunk-plan.ts'
import { addCounts, type Counts, countItems, NO_COUNTS } from './counts.ts'
import type { HashIndex } from './hash-index.ts'
import type { IntakeMemory } from './intake-memory.ts'
import type { IntakeStore } from './intake-store.ts'
import { readItems, readUsers, SEGMENT_KIND } from './packed-index.ts'

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

/** Where a person's events are: chunks of the archive that have some, and lines not archived yet. */
export interface UserEvents {
  readonly keys: readonly string[]
  readonly lines: readonly string[]
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

/** What a look-up reads. */
export interface LookUpParts {
  readonly store: IntakeStore
  readonly index: HashIndex
  readonly memory: IntakeMemory
  /** `{source}.{region}.{shard}.{epoch}`. */
  readonly intake: string
}

/** More of the log than this is not searched: its object would do nothing else meanwhile. */
const MAX_SEARCHED_BYTES = 67_108_864

/** Every time that a message id was received in the last 25 h, oldest first. */
export function findOccurrences(hash: Hash, parts: LookUpParts): Occurrence[] {
  const archived = findArchivedChunks(hash, parts).flatMap((seq) => {
    const chunk = parts.store.readChunk(seq)
    if (chunk === null || chunk.state === 'planned') return []
    return [...readItems(chunk.packed)]
      .filter((item) => item.hash === hash && item.kind !== SEGMENT_KIND)
      .map(({ kind, receivedAtMs }) => ({
        kind: decodeKind(kind),
        receivedAtMs,
        chunk: chunk.lines === 0 ? null : chunk.key,
        state: 'archived' as const,
        text: null,
      }))
  })
  return [...archived, ...findLogged(parts, ({ messageHash }) => messageHash === hash)]
}

/** Where events of some user ids and anonymous ids are, planned at or after a time. */
export function findUserEvents(
  hashes: readonly Hash[],
  startMs: number,
  parts: LookUpParts,
): UserEvents {
  const { store, index, memory, intake } = parts
  const sealed = hashes.flatMap((hash) => index.find('u', hash))
  const planned = new Map(sealed.map(({ chunk, plannedAtMs }) => [chunk, plannedAtMs]))
  for (const { seq, plannedAtMs } of memory.unsealed) {
    const chunk = store.readChunk(seq)
    if (chunk === null || chunk.state === 'planned') continue
    const users = new Set(readUsers(chunk.packed))
    if (hashes.some((hash) => users.has(hash))) planned.set(seq, plannedAtMs)
  }
  const keys = [...planned]
    .filter(
      ([seq, plannedAtMs]) => plannedAtMs >= startMs && memory.open.get(seq)?.state !== 'planned',
    )
    .sort(([one], [other]) => one - other)
    .map(([seq, nowMs]) => archiveKey({ intake, nowMs, seq }))
  const isTheirs = ({ kind, userHash, anonymousHash }: SegmentItem) =>
    kind === 'event' && hashes.some((hash) => hash === userHash || hash === anonymousHash)
  const lines = findLogged(parts, isTheirs).flatMap(({ text }) => text ?? [])
  return { keys, lines }
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
function findArchivedChunks(hash: Hash, { index, memory }: LookUpParts): number[] {
  const sealed = index.find('m', hash).map(({ chunk }) => chunk)
  return [...new Set([...sealed, ...memory.unsealed.map(({ seq }) => seq)])].sort((a, b) => a - b)
}

function findLogged(parts: LookUpParts, isWanted: (item: SegmentItem) => boolean): Occurrence[] {
  const { store, memory } = parts
  if (memory.logBytes > MAX_SEARCHED_BYTES) return []
  const found: Occurrence[] = []
  for (const { n, segments } of store.readCommits(0, Number.MAX_SAFE_INTEGER)) {
    const chunk = [...memory.open.values()].find(({ from, to }) => from <= n && n <= to)
    for (const { receivedAtMs, items } of segments) {
      for (const { kind, line } of items.filter(isWanted)) {
        const text = line.length === 0 ? null : new TextDecoder().decode(line).trimEnd()
        found.push({ kind, receivedAtMs, chunk: chunk?.key ?? null, state: 'logged', text })
      }
    }
  }
  return found
}
