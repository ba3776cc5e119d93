import { encodeKind, type Hash } from '../../worker/event/segment.ts'
import type { CommitRow } from './commit.ts'
import type { RunEntries } from './run-entries.ts'

/** An item of a chunk as its row remembers it: found by its message id, or by the id of its segment. */
export interface PackedItem {
  readonly hash: Hash
  /** As in a segment; `SEGMENT_KIND` for a segment's own id. */
  readonly kind: number
  readonly receivedAtMs: number
}

export const EVENT_KIND = 0
export const DUPLICATE_KIND = 255
export const SEGMENT_KIND = 254

// n u32 · n × (hash 8 · kind u8 · receivedAt u48) · users, 8 bytes each
const COUNT_BYTES = 4
const ITEM_BYTES = 8 + 1 + 6
const HASH_BYTES = 8

/** Packs what a chunk's row remembers of its commits: its items, and whose events are in it. */
export function packIndex(commits: readonly CommitRow[]): Uint8Array {
  const items: PackedItem[] = []
  const users = new Set<Hash>()
  for (const { id, receivedAtMs, items: sent } of commits.flatMap(({ segments }) => segments)) {
    items.push({ hash: id, kind: SEGMENT_KIND, receivedAtMs })
    for (const { kind, messageHash, userHash, anonymousHash } of sent) {
      if (messageHash !== 0n)
        items.push({ hash: messageHash, kind: encodeKind(kind), receivedAtMs })
      if (kind !== 'event') continue
      for (const hash of [userHash, anonymousHash]) if (hash !== 0n) users.add(hash)
    }
  }
  return encodePacked(items, users)
}

/** Encodes items and users; see the layout above. */
export function encodePacked(items: readonly PackedItem[], users: ReadonlySet<Hash>): Uint8Array {
  const usersAt = COUNT_BYTES + items.length * ITEM_BYTES
  const packed = new Uint8Array(usersAt + users.size * HASH_BYTES)
  const view = viewOf(packed)
  view.setUint32(0, items.length)
  for (const [index, { hash, kind, receivedAtMs }] of items.entries()) {
    const at = COUNT_BYTES + index * ITEM_BYTES
    view.setBigUint64(at, hash)
    view.setUint8(at + 8, kind)
    view.setUint16(at + 9, Math.floor(receivedAtMs / 2 ** 32))
    view.setUint32(at + 11, receivedAtMs % 2 ** 32)
  }
  for (const [index, hash] of [...users].entries()) {
    view.setBigUint64(usersAt + index * HASH_BYTES, hash)
  }
  return packed
}

/** How many items a packed index has. */
export const countPacked = (packed: Uint8Array): number => viewOf(packed).getUint32(0)

/** How many different users a packed index has. */
export const countPackedUsers = (packed: Uint8Array): number =>
  (packed.length - COUNT_BYTES - countPacked(packed) * ITEM_BYTES) / HASH_BYTES

/** Adds the items of a chunk's packed index to a run. */
export function addItems(packed: Uint8Array, chunk: number, run: RunEntries): void {
  const view = viewOf(packed)
  const end = COUNT_BYTES + view.getUint32(0) * ITEM_BYTES
  for (let at = COUNT_BYTES; at < end; at += ITEM_BYTES) {
    const kind = view.getUint8(at + HASH_BYTES)
    run.add({ high: view.getUint32(at), low: view.getUint32(at + 4), chunk, kind })
  }
}

/** Adds the users of a chunk's packed index to a run. */
export function addUsers(packed: Uint8Array, chunk: number, run: RunEntries): void {
  const view = viewOf(packed)
  const usersAt = COUNT_BYTES + view.getUint32(0) * ITEM_BYTES
  for (let at = usersAt; at < packed.length; at += HASH_BYTES) {
    run.add({ high: view.getUint32(at), low: view.getUint32(at + 4), chunk, kind: 0 })
  }
}

/** The items of a packed index, in the order of their commits. */
export function* readItems(packed: Uint8Array): Generator<PackedItem> {
  const view = viewOf(packed)
  const count = view.getUint32(0)
  for (let index = 0; index < count; index += 1) {
    yield itemAt(view, COUNT_BYTES + index * ITEM_BYTES)
  }
}

/** The items of one hash in a packed index. */
export function findItems(packed: Uint8Array, hash: Hash): PackedItem[] {
  const view = viewOf(packed)
  const { high, low } = halve(hash)
  const found: PackedItem[] = []
  const end = COUNT_BYTES + view.getUint32(0) * ITEM_BYTES
  for (let at = COUNT_BYTES; at < end; at += ITEM_BYTES) {
    if (view.getUint32(at + 4) === low && view.getUint32(at) === high) found.push(itemAt(view, at))
  }
  return found
}

/** Whether events of a user id or an anonymous id are in a chunk. */
export function hasUser(packed: Uint8Array, hash: Hash): boolean {
  const view = viewOf(packed)
  const { high, low } = halve(hash)
  const usersAt = COUNT_BYTES + view.getUint32(0) * ITEM_BYTES
  for (let at = usersAt; at < packed.length; at += HASH_BYTES) {
    if (view.getUint32(at + 4) === low && view.getUint32(at) === high) return true
  }
  return false
}

/** Whether later commits are compared with an item: only events and segments make an id known. */
export const makesKnown = ({ kind }: Pick<PackedItem, 'kind'>): boolean =>
  kind === EVENT_KIND || kind === SEGMENT_KIND

const itemAt = (view: DataView, at: number): PackedItem => ({
  hash: view.getBigUint64(at),
  kind: view.getUint8(at + 8),
  receivedAtMs: view.getUint16(at + 9) * 2 ** 32 + view.getUint32(at + 11),
})

/** Compared by halves, hashes that are not wanted make no bigint. */
const halve = (hash: Hash) => ({ high: Number(hash >> 32n), low: Number(hash & 0xffff_ffffn) })

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
