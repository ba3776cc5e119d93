import type { JsonObject } from '../../worker/event/json.ts'
import { encodeSegment, type SegmentItem } from '../../worker/event/segment.ts'

/** A track call as a client sends it. */
export function track(fields: JsonObject = {}): JsonObject {
  return { type: 'track', event: 'Order Completed', userId: 'ada', ...fields }
}

/** An encoded segment with one event for each message hash. */
export function segment(
  id: bigint,
  messageHashes: readonly bigint[],
  receivedAtMs = 1_764_000_000_000,
): Uint8Array {
  const items = messageHashes.map((hash) => eventItem(hash, receivedAtMs))
  return encodeSegment({ id, source: 'shop', receivedAtMs, items })
}

/** An event item whose line names its hash and time. */
export function eventItem(messageHash: bigint, receivedAtMs = 1_764_000_000_000): SegmentItem {
  const receivedAt = new Date(receivedAtMs).toISOString()
  const event = { type: 'track', messageId: `m${messageHash}`, receivedAt }
  const line = new TextEncoder().encode(`${JSON.stringify(event)}\n`)
  return { kind: 'event', line, messageHash, userHash: 0n, anonymousHash: 0n }
}
