import { groupBySize } from '../../worker/event/group-by-size.ts'
import {
  decodeSegment,
  encodeSegment,
  type Hash,
  type Segment,
  type SegmentItem,
} from '../../worker/event/segment.ts'

export const COMMIT_VERSION = 1

/** Largest log row: the platform allows 2 MB, and a segment has at most half of this. */
export const MAX_COMMIT_BYTES = 1_048_576

/** Ids already known, of events and of segments. */
export interface SeenIds {
  readonly has: (hash: Hash) => boolean
}

/** A log row as read back. */
export interface CommitRow {
  readonly atMs: number
  readonly segments: readonly Segment[]
}

/** A log row as it is about to be written. */
export interface NewCommit {
  readonly body: Uint8Array
  readonly row: CommitRow
}

/** A segment as it came, and decoded. */
export interface ReadSegment {
  readonly bytes: Uint8Array
  readonly segment: Segment
}

// version u8 · at u48 · n u16 · n × (length u32 · segment)
const HEADER_BYTES = 1 + 6 + 2

/** Decodes what an append brings. Throws if a segment is of another version: then nothing of it counts. */
export const readSegments = (segments: readonly Uint8Array[]): ReadSegment[] =>
  segments.map((bytes) => ({ bytes, segment: decodeSegment(bytes) }))

/**
 * Decides the log rows that some appends write: a segment seen before counts nothing, an event seen before
 * stays as a duplicate without its line.
 */
export function commitSegments(
  segments: readonly ReadSegment[],
  seen: SeenIds,
  atMs: number,
): NewCommit[] {
  const fresh = new Set<Hash>()
  const isSeen = (hash: Hash) => fresh.has(hash) || seen.has(hash)
  const kept: ReadSegment[] = []
  for (const read of segments) {
    const { id } = read.segment
    if (isSeen(id)) continue
    fresh.add(id)
    kept.push(markDuplicates(read, isSeen, fresh))
  }
  const maxBytes = MAX_COMMIT_BYTES - HEADER_BYTES
  const groups = groupBySize(kept, maxBytes, ({ bytes }) => 4 + bytes.length)
  return groups.map((group) => ({
    body: encodeCommit(
      group.map(({ bytes }) => bytes),
      atMs,
    ),
    row: { atMs, segments: group.map(({ segment }) => segment) },
  }))
}

/** Reads a log row. Throws on an unknown version. */
export function decodeCommit(body: Uint8Array): CommitRow {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength)
  const version = view.getUint8(0)
  if (version !== COMMIT_VERSION) throw new Error(`log row version ${version} is unknown`)
  const atMs = view.getUint16(1) * 2 ** 32 + view.getUint32(3)
  const segments: Segment[] = []
  let at = HEADER_BYTES
  for (let left = view.getUint16(7); left > 0; left -= 1) {
    const end = at + 4 + view.getUint32(at)
    segments.push(decodeSegment(body.subarray(at + 4, end)))
    at = end
  }
  return { atMs, segments }
}

/** The ids that a log row makes known: those of its events and of its segments. */
export function idsOf({ segments }: CommitRow): Hash[] {
  return segments.flatMap(({ id, items }) => [
    id,
    ...items.filter(isCompared).map(({ messageHash }) => messageHash),
  ])
}

/** Events of an unknown key have no hash yet: they are compared where they end up. */
const isCompared = ({ kind, messageHash }: SegmentItem) => kind === 'event' && messageHash !== 0n

function markDuplicates(
  read: ReadSegment,
  isSeen: (hash: Hash) => boolean,
  fresh: Set<Hash>,
): ReadSegment {
  let hasDuplicate = false
  const items = read.segment.items.map((item) => {
    if (!isCompared(item)) return item
    if (!isSeen(item.messageHash)) {
      fresh.add(item.messageHash)
      return item
    }
    hasDuplicate = true
    return { ...item, kind: 'duplicate' as const, line: new Uint8Array() }
  })
  if (!hasDuplicate) return read
  const segment = { ...read.segment, items }
  return { segment, bytes: encodeSegment(segment) }
}

function encodeCommit(segments: readonly Uint8Array[], atMs: number): Uint8Array {
  const body = new Uint8Array(segments.reduce((sum, { length }) => sum + 4 + length, HEADER_BYTES))
  const view = new DataView(body.buffer)
  view.setUint8(0, COMMIT_VERSION)
  view.setUint16(1, Math.floor(atMs / 2 ** 32))
  view.setUint32(3, atMs % 2 ** 32)
  view.setUint16(7, segments.length)
  let at = HEADER_BYTES
  for (const bytes of segments) {
    view.setUint32(at, bytes.length)
    body.set(bytes, at + 4)
    at += 4 + bytes.length
  }
  return body
}
