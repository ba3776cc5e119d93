import {
  encodeDiscard,
  encodeEvent,
  encodeLine,
  isTooLarge,
  NO_IDS,
  refuse,
  type StampContext,
} from './encode-item.ts'
import type { Item } from './envelope.ts'
import { groupBySize } from './group-by-size.ts'
import type { IpPolicy } from './ip-policy.ts'
import { MAX_REQUEST_BYTES, MAX_SEGMENT_BYTES } from './limits.ts'
import { assignMessageId } from './message-id.ts'
import type { ValidEvent } from './schema.ts'
import {
  encodedItemBytes,
  encodeSegment,
  type Hash,
  type Segment,
  type SegmentItem,
  type Unverified,
} from './segment.ts'

/** What packing for a source needs beside the items. */
export interface PackContext extends StampContext {
  readonly newSegmentId: () => Hash
}

/** What packing for an unknown key needs: it is stamped when its source is known. */
export interface UnverifiedContext {
  /** The Intake that decides. */
  readonly source: string
  readonly receivedAt: Date
  readonly unverified: Unverified
  readonly newMessageId: () => string
  readonly newSegmentId: () => Hash
}

/** Below 512 KiB by more than a segment's prefix: names are short, and so is what waits in it. */
const MAX_ITEMS_BYTES = MAX_SEGMENT_BYTES - 16_384

/** Stamps the items of a request and encodes them as one segment, or several if they are large. */
export function packItems(items: readonly Item[], context: PackContext): Uint8Array[] {
  const { source, newSegmentId } = context
  const { receivedAt, ipPolicy } = context.stamp
  const encoded = encodeItems(items, ipPolicy, (event) => encodeEvent(event, context))
  return toSegments(encoded, { source, receivedAtMs: receivedAt.getTime() }, newSegmentId)
}

/** Encodes checked items of an unknown key as they are, with a message id and what stamping will need. */
export function packUnverified(items: readonly Item[], context: UnverifiedContext): Uint8Array[] {
  const { source, receivedAt, unverified, newMessageId, newSegmentId } = context
  const encoded = encodeItems(items, 'truncate', (event) => ({
    kind: 'event',
    line: encodeLine(assignMessageId(event, newMessageId)),
    ...NO_IDS,
  }))
  const header = { source, receivedAtMs: receivedAt.getTime(), unverified }
  return toSegments(encoded, header, newSegmentId)
}

/** Encodes items as segments of at most 512 KiB. */
export function toSegments(
  items: readonly SegmentItem[],
  header: Omit<Segment, 'id' | 'items'>,
  newSegmentId: () => Hash,
): Uint8Array[] {
  const parts = groupBySize(items, MAX_ITEMS_BYTES, encodedItemBytes)
  return parts.map((part) => encodeSegment({ ...header, id: newSegmentId(), items: part }))
}

function encodeItems(
  items: readonly Item[],
  ipPolicy: IpPolicy,
  encode: (event: ValidEvent) => SegmentItem,
): SegmentItem[] {
  let total = 0
  return items.map((item) => {
    if (total > MAX_REQUEST_BYTES) return countOnly(item)
    if (item.kind === 'discard') {
      const discard = encodeDiscard(item.reason, item.value, ipPolicy)
      total += discard.bytes
      return discard.item
    }
    const encoded = encode(item.event)
    total += encoded.line.length
    const isOver = total > MAX_REQUEST_BYTES || isTooLarge(item.event, encoded.line)
    return isOver ? refuse(encoded, 'exceeds_payload_limit') : encoded
  })
}

/** Beyond a request's limit nothing is encoded any more: a shared `context` may be in every item. */
function countOnly(item: Item): SegmentItem {
  const kind = item.kind === 'event' ? 'exceeds_payload_limit' : item.reason
  return { kind, line: new Uint8Array(), ...NO_IDS }
}
