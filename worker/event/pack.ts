import type { Item } from './envelope.ts'
import { groupBySize } from './group-by-size.ts'
import {
  MAX_EVENT_BYTES,
  MAX_REQUEST_BYTES,
  MAX_SAMPLE_BYTES,
  MAX_SEGMENT_BYTES,
} from './limits.ts'
import { encodedItemBytes, encodeSegment, type Hash, type SegmentItem } from './segment.ts'
import { type CollectedEvent, type Stamp, stampEvent } from './stamp.ts'

/** What packing needs beside the items: whose they are, the stamp, and ways to make numbers. */
export interface PackContext {
  readonly source: string
  readonly stamp: Stamp
  /** First 8 bytes of SHA-256 over a text. */
  readonly hash: (text: string) => Hash
  readonly newSegmentId: () => Hash
}

const LINE_FEED = 10
const NESTED_TOO_DEEP = 'nested too deep'
const NO_IDS = { messageHash: 0n, userHash: 0n, anonymousHash: 0n }
/** Below 512 KiB by more than a segment's prefix: source names are short. */
const MAX_ITEMS_BYTES = MAX_SEGMENT_BYTES - 1_024

/** Stamps the items of a request and encodes them as one segment, or several if they are large. */
export function packItems(items: readonly Item[], context: PackContext): Uint8Array[] {
  const encoder = new TextEncoder()
  let total = 0
  const packed = items.map((item) => {
    if (total > MAX_REQUEST_BYTES) return countOnly(item)
    const { encoded, bytes } = encodeItem(item, context, encoder)
    total += bytes
    const isOver = total > MAX_REQUEST_BYTES && encoded.kind === 'event'
    return isOver ? refuse(encoded, 'exceeds_payload_limit') : encoded
  })
  const { source, stamp, newSegmentId } = context
  return groupBySize(packed, MAX_ITEMS_BYTES, encodedItemBytes).map((part) =>
    encodeSegment({
      id: newSegmentId(),
      source,
      receivedAtMs: stamp.receivedAt.getTime(),
      items: part,
    }),
  )
}

/** An encoded item, and the bytes it had before it was cut to a sample. */
interface Encoded {
  readonly encoded: SegmentItem
  readonly bytes: number
}

function encodeItem(item: Item, context: PackContext, encoder: TextEncoder): Encoded {
  if (item.kind === 'discard') return encodeDiscard(item.reason, item.value, encoder)
  const event = stampEvent(item.event, context.stamp)
  const line = encodeLine(event, encoder)
  if (line === null) return encodeDiscard('exceeds_payload_limit', NESTED_TOO_DEEP, encoder)
  const whole = { kind: 'event' as const, line, ...hashIds(event, context) }
  const isTooLarge = sizeAsSent(item.event, line, encoder) > MAX_EVENT_BYTES
  const encoded = isTooLarge ? refuse(whole, 'exceeds_payload_limit') : whole
  return { encoded, bytes: line.length }
}

/** Beyond a request's limit nothing is encoded any more: a shared `context` may be in every item. */
function countOnly(item: Item): SegmentItem {
  const kind = item.kind === 'event' ? 'exceeds_payload_limit' : item.reason
  return { kind, line: new Uint8Array(), ...NO_IDS }
}

/** Null for what no JSON writer can write: thousands of brackets within each other end its stack. */
function encodeLine(value: unknown, encoder: TextEncoder): Uint8Array | null {
  try {
    return encoder.encode(`${JSON.stringify(value)}\n`)
  } catch {
    return null
  }
}

/** The client's own event counts, not the stamps; it is encoded again only near the limit. */
function sizeAsSent(event: object, line: Uint8Array, encoder: TextEncoder): number {
  if (line.length <= MAX_EVENT_BYTES) return line.length
  return encoder.encode(JSON.stringify(event)).length
}

function encodeDiscard(reason: SegmentItem['kind'], value: unknown, encoder: TextEncoder): Encoded {
  const sample = encodeLine(value, encoder) ?? encoder.encode(NESTED_TOO_DEEP)
  return { encoded: { kind: reason, line: cutSample(sample), ...NO_IDS }, bytes: sample.length }
}

function refuse(item: SegmentItem, reason: SegmentItem['kind']): SegmentItem {
  return { ...item, kind: reason, line: cutSample(item.line) }
}

function cutSample(bytes: Uint8Array): Uint8Array {
  const text = bytes.at(-1) === LINE_FEED ? bytes.subarray(0, -1) : bytes
  const sample = new Uint8Array(Math.min(text.length, MAX_SAMPLE_BYTES) + 1)
  sample.set(text.subarray(0, MAX_SAMPLE_BYTES))
  sample[sample.length - 1] = LINE_FEED
  return sample
}

function hashIds(event: CollectedEvent, { source, hash }: PackContext) {
  return {
    messageHash: hash(`${source}\0${event.messageId}`),
    userHash: hashId('userId', event.userId, hash),
    anonymousHash: hashId('anonymousId', event.anonymousId, hash),
  }
}

function hashId(type: string, id: unknown, hash: PackContext['hash']): Hash {
  return typeof id === 'string' && id !== '' ? hash(`${type}:${id}`) : 0n
}
