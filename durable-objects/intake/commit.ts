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

// version u8 · at u48 · n u16 · n × (length u32 · segment)
const HEADER_BYTES = 1 + 6 + 2

/**
 * Decides the log rows that an append writes: a segment seen before counts nothing, an event seen before stays as
 * a duplicate without its line. Throws if a segment cannot be read: then nothing of it is written.
 */
export function commitSegments(
  segments: readonly Uint8Array[],
  seen: SeenIds,
  atMs: number,
): Uint8Array[] {
  const fresh = new Set<Hash>()
  const isSeen = (hash: Hash) => fresh.has(hash) || seen.has(hash)
  const kept: Uint8Array[] = []
  for (const bytes of segments) {
    const segment = decodeSegment(bytes)
    if (isSeen(segment.id)) continue
    fresh.add(segment.id)
    kept.push(markDuplicates(segment, bytes, isSeen, fresh))
  }
  const groups = groupBySize(kept, MAX_COMMIT_BYTES - HEADER_BYTES, ({ length }) => 4 + length)
  return groups.map((group) => encodeCommit(group, atMs))
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
  segment: Segment,
  bytes: Uint8Array,
  isSeen: (hash: Hash) => boolean,
  fresh: Set<Hash>,
): Uint8Array {
  let hasDuplicate = false
  const items = segment.items.map((item) => {
    if (!isCompared(item)) return item
    if (!isSeen(item.messageHash)) {
      fresh.add(item.messageHash)
      return item
    }
    hasDuplicate = true
    return { ...item, kind: 'duplicate' as const, line: new Uint8Array() }
  })
  return hasDuplicate ? encodeSegment({ ...segment, items }) : bytes
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
