import type { Hash, SegmentItem } from '../../worker/event/segment.ts'
import { reportFailure } from '../report.ts'
import { archiveKey } from './chunk-plan.ts'
import { type LookUpParts, readLogged } from './look-up.ts'
import { hasUser } from './packed-index.ts'
import { readDay } from './read-day.ts'
import { plannedHourMs, type RolledDay, reachesTo } from './roll-plan.ts'

/** Where a person's events are: chunks of the archive that have some, and lines not archived yet. */
export interface UserEvents {
  readonly state: 'found'
  readonly keys: readonly string[]
  readonly lines: readonly string[]
}

/** Why not all of a person's events can be named: then none are. */
export type UserEventsFault =
  /** So many bytes of the log, which waits for R2, would have to be read. */
  | { readonly state: 'log_too_large'; readonly bytes: number }
  /** So many objects of the index would have to be read. */
  | { readonly state: 'too_many_days'; readonly days: number }
  | { readonly state: 'too_many_chunks'; readonly chunks: number }
  | { readonly state: 'index_unreadable' }

/** What finding a person's events reads. */
export interface UserEventsParts extends LookUpParts {
  readonly bucket: R2Bucket
}

/** More of the log than this is not read: its object would do nothing else meanwhile. */
const MAX_LOGGED_BYTES = 67_108_864
/** Objects of the index for one look-up, of 10,000 subrequests: over five years for one id. */
const MAX_DAYS = 2_000
/** A call's answer has at most 32 MiB, and a key some 80 bytes. */
const MAX_CHUNKS = 100_000
const READ_CONCURRENCY = 6

/** Chunks with the times of their plans; of rolled ones the hour is known. */
type Chunks = Map<number, number>

/** Where events of some user ids and anonymous ids are, planned at or after a time. */
export async function findUserEvents(
  hashes: readonly Hash[],
  startMs: number,
  parts: UserEventsParts,
): Promise<UserEvents | UserEventsFault> {
  // What is rolled or archived while R2 is read was in one place at this moment: it is looked for there.
  const days = parts.index.rolled.filter((day) => reachesTo(day, startMs))
  const chunks = findChunks(hashes, parts)
  for (const [seq, plannedAtMs] of chunks) if (plannedAtMs < startMs) chunks.delete(seq)
  const logged = findLogged(hashes, chunks, parts)
  if (logged.state !== 'found') return logged
  if (days.length * hashes.length > MAX_DAYS) return { state: 'too_many_days', days: days.length }
  try {
    await addRolled(hashes, { days, chunks, bucket: parts.bucket })
  } catch (error) {
    reportFailure('INDEX_UNREADABLE', { intake: parts.intake }, error)
    return { state: 'index_unreadable' }
  }
  if (chunks.size > MAX_CHUNKS) return { state: 'too_many_chunks', chunks: chunks.size }
  const keys = [...chunks]
    .sort(([one], [other]) => one - other)
    .map(([seq, nowMs]) => archiveKey({ intake: parts.intake, nowMs, seq }))
  return { state: 'found', keys, lines: logged.lines }
}

/** The chunks that have events of some hashes and are in no day of R2. */
function findChunks(hashes: readonly Hash[], { store, index, memory }: LookUpParts): Chunks {
  const sealed = hashes.flatMap((hash) => index.find('u', hash))
  const chunks: Chunks = new Map(sealed.map(({ chunk, plannedAtMs }) => [chunk, plannedAtMs]))
  for (const { seq, plannedAtMs } of memory.unsealed) {
    const packed = store.readChunk(seq)?.packed
    if (packed === undefined) continue
    if (hashes.some((hash) => hasUser(packed, hash))) chunks.set(seq, plannedAtMs)
  }
  return chunks
}

/** The lines of the log; the chunks that have them are taken out of those given. */
function findLogged(
  hashes: readonly Hash[],
  chunks: Chunks,
  { store, memory }: LookUpParts,
): { readonly state: 'found'; readonly lines: string[] } | UserEventsFault {
  const logged = [...memory.open.values()].filter(
    ({ seq, state }) => state === 'planned' && chunks.has(seq),
  )
  const bytes = logged.reduce((sum, chunk) => sum + store.chunkBytes(chunk), 0)
  if (bytes > MAX_LOGGED_BYTES) return { state: 'log_too_large', bytes }
  for (const { seq } of logged) chunks.delete(seq)
  const isTheirs = ({ kind, userHash, anonymousHash }: SegmentItem) =>
    kind === 'event' && hashes.some((hash) => hash === userHash || hash === anonymousHash)
  const [first] = memory.pending
  const pending = { from: first?.n ?? memory.nextCommit, to: Number.MAX_SAFE_INTEGER, key: null }
  const found = [...logged, pending].flatMap((rows) => readLogged(store, rows, isTheirs))
  return { state: 'found', lines: found.flatMap(({ text }) => text ?? []) }
}

interface RolledQuery {
  readonly days: readonly RolledDay[]
  readonly chunks: Chunks
  readonly bucket: R2Bucket
}

async function addRolled(hashes: readonly Hash[], { days, chunks, bucket }: RolledQuery) {
  const wanted = days.flatMap((day) => hashes.map((hash) => ({ day, hash })))
  for (let at = 0; at < wanted.length && chunks.size <= MAX_CHUNKS; at += READ_CONCURRENCY) {
    const some = wanted.slice(at, at + READ_CONCURRENCY)
    const found = await Promise.all(some.map(({ day, hash }) => readDay(bucket, day, hash)))
    for (const [index, { day }] of some.entries()) {
      for (const seq of found[index] ?? []) chunks.set(seq, plannedHourMs(day, seq))
    }
  }
}
