import { DISCARD_REASONS, type DiscardReason } from './discard.ts'
import type { RequestFacts } from './request-facts.ts'

/** 64 bits that stand for an id: the first 8 bytes of a SHA-256. 0n stands for "no such id". */
export type Hash = bigint

export const SEGMENT_VERSION = 1

/** One item of a segment; `line` is NDJSON with its line feed, and empty for a duplicate. */
export interface SegmentItem {
  readonly kind: 'event' | 'duplicate' | DiscardReason
  readonly line: Uint8Array
  readonly messageHash: Hash
  readonly userHash: Hash
  readonly anonymousHash: Hash
}

/** What events of an unknown write key wait with until a snapshot says whose they are. */
export interface Unverified {
  readonly writeKey: string
  /** The envelope's `sentAt`, if it is a text. */
  readonly sentAt: string | null
  /** The address is cut to its network: the source may want no more. */
  readonly facts: RequestFacts
}

/** The events of one request (or a part of one), encoded once and never parsed again until delivery. */
export interface Segment {
  readonly id: Hash
  readonly source: string
  readonly receivedAtMs: number
  readonly items: readonly SegmentItem[]
  readonly unverified?: Unverified
}

// version u8 · id 8 · header length u16 · header JSON · n u16 · n × item · lines
const PREFIX_BYTES = 1 + 8 + 2
const MAX_HEADER_BYTES = 65_535
// kind u8 · line length u32 · message hash 8 · user hash 8 · anonymous hash 8
const ITEM_BYTES = 1 + 4 + 8 * 3
const EVENT_KIND = 0
const DUPLICATE_KIND = 255

/** Encodes a segment to its bytes (delivery.md, section 1). */
export function encodeSegment(segment: Segment): Uint8Array {
  const { items } = segment
  const header = new TextEncoder().encode(
    JSON.stringify({ s: segment.source, rx: segment.receivedAtMs, u: segment.unverified }),
  )
  if (header.length > MAX_HEADER_BYTES) {
    throw new Error(`segment header of ${header.length} bytes exceeds ${MAX_HEADER_BYTES}`)
  }
  const table = PREFIX_BYTES + header.length
  const linesAt = table + 2 + items.length * ITEM_BYTES
  const bytes = new Uint8Array(items.reduce((sum, { line }) => sum + line.length, linesAt))
  const view = new DataView(bytes.buffer)
  view.setUint8(0, SEGMENT_VERSION)
  view.setBigUint64(1, segment.id)
  view.setUint16(9, header.length)
  bytes.set(header, PREFIX_BYTES)
  view.setUint16(table, items.length)
  let at = linesAt
  for (const [index, item] of items.entries()) {
    encodeItem(view, table + 2 + index * ITEM_BYTES, item)
    bytes.set(item.line, at)
    at += item.line.length
  }
  return bytes
}

/** Reads a segment; its lines are views into the given bytes. Throws on an unknown version or a cut. */
export function decodeSegment(bytes: Uint8Array): Segment {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const version = view.getUint8(0)
  if (version !== SEGMENT_VERSION) throw new Error(`segment version ${version} is unknown`)
  const table = PREFIX_BYTES + view.getUint16(9)
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(PREFIX_BYTES, table)))
  const count = view.getUint16(table)
  const items: SegmentItem[] = []
  let at = table + 2 + count * ITEM_BYTES
  for (let index = 0; index < count; index += 1) {
    const item = table + 2 + index * ITEM_BYTES
    const end = at + view.getUint32(item + 1)
    items.push({ ...decodeItem(view, item), line: bytes.subarray(at, end) })
    at = end
  }
  if (at !== bytes.length) throw new Error(`segment of ${bytes.length} bytes should have ${at}`)
  const { s: source, rx: receivedAtMs, u: unverified } = header
  const segment = { id: view.getBigUint64(1), source, receivedAtMs, items }
  return unverified === undefined ? segment : { ...segment, unverified }
}

/** The bytes an item adds to its segment. */
export const encodedItemBytes = (item: SegmentItem): number => ITEM_BYTES + item.line.length

function encodeItem(view: DataView, at: number, item: SegmentItem): void {
  view.setUint8(at, encodeKind(item.kind))
  view.setUint32(at + 1, item.line.length)
  view.setBigUint64(at + 5, item.messageHash)
  view.setBigUint64(at + 13, item.userHash)
  view.setBigUint64(at + 21, item.anonymousHash)
}

function decodeItem(view: DataView, at: number): Omit<SegmentItem, 'line'> {
  return {
    kind: decodeKind(view.getUint8(at)),
    messageHash: view.getBigUint64(at + 5),
    userHash: view.getBigUint64(at + 13),
    anonymousHash: view.getBigUint64(at + 21),
  }
}

/** The byte that stands for a kind: 0 an event, 255 a duplicate, between them the discard reasons. */
export function encodeKind(kind: SegmentItem['kind']): number {
  if (kind === 'event') return EVENT_KIND
  return kind === 'duplicate' ? DUPLICATE_KIND : DISCARD_REASONS.indexOf(kind) + 1
}

/** The kind of a byte. Throws on one that this version does not know. */
export function decodeKind(kind: number): SegmentItem['kind'] {
  if (kind === EVENT_KIND) return 'event'
  if (kind === DUPLICATE_KIND) return 'duplicate'
  const reason = DISCARD_REASONS[kind - 1]
  if (reason === undefined) throw new Error(`item kind ${kind} is unknown`)
  return reason
}
