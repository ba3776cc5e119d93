import { exceedsDepth } from './depth.ts'
import type { DiscardReason } from './discard.ts'
import { isJsonObject, type JsonObject } from './json.ts'
import { MAX_BATCH_EVENTS, MAX_EVENT_BYTES, MAX_REQUEST_BYTES } from './limits.ts'
import { checkEvent, type EventType, type ValidEvent } from './schema.ts'

/** One item of a request: an event, or what was discarded and why. */
export type Item =
  | { readonly kind: 'event'; readonly event: ValidEvent }
  | { readonly kind: 'discard'; readonly reason: DiscardReason; readonly value: unknown }

/** A request body after parsing: its items in order, and what they share. */
export interface Envelope {
  readonly writeKey: unknown
  readonly sentAt: unknown
  readonly items: readonly Item[]
}

/** Reads the body of a single call; the path names its type, whatever the body says. */
export function readCall(body: JsonObject, type: EventType): Envelope {
  const { writeKey, ...item } = body
  return { writeKey, sentAt: body.sentAt, items: [readItem({ ...item, type })] }
}

/** Reads the body of a batch: outer `context` and `integrations` are merged, and the item's win. */
export function readBatch(body: JsonObject): Envelope {
  const { writeKey, sentAt, ...outer } = body
  const batch = Array.isArray(outer.batch) ? outer.batch : []
  if (batch.length === 0) return { writeKey, sentAt, items: [discard('empty_batch', outer)] }
  const sharedBytes = measureShared(outer)
  let sharedTotal = 0
  const items = batch.map((item, position) => {
    if (position >= MAX_BATCH_EVENTS) return discard('exceeds_batch_limit', item)
    if (!isJsonObject(item)) return discard('UNSUPPORTED_EVENT_TYPE', item)
    sharedTotal += sharedBytes
    const isOver = sharedBytes > MAX_EVENT_BYTES || sharedTotal > MAX_REQUEST_BYTES
    return isOver ? discard('exceeds_payload_limit', item) : readItem(merge(outer, item))
  })
  return { writeKey, sentAt, items }
}

/**
 * Bytes that merging adds to each item, measured once: a small request can share a large `context`
 * with thousands of items, and copying it would take more memory than there is.
 */
function measureShared({ context, integrations }: JsonObject): number {
  if (!isJsonObject(context) && !isJsonObject(integrations)) return 0
  if (exceedsDepth(context) || exceedsDepth(integrations)) return Number.POSITIVE_INFINITY
  return JSON.stringify({ context, integrations }).length
}

/** Checks one item: an event, or a discard with its reason. */
export function readItem(item: JsonObject): Item {
  const checked = checkEvent(nameIds(item))
  return 'event' in checked
    ? { kind: 'event', event: checked.event }
    : discard(checked.reason, item)
}

/** Segment's page on emails writes `user_id`: without another id it counts, and stays as sent. */
function nameIds(item: JsonObject): JsonObject {
  const { userId, anonymousId, user_id, anonymous_id } = item
  if ((userId ?? anonymousId) != null || (user_id ?? anonymous_id) == null) return item
  return {
    ...item,
    ...(user_id == null ? {} : { userId: user_id }),
    ...(anonymous_id == null ? {} : { anonymousId: anonymous_id }),
  }
}

function discard(reason: DiscardReason, value: unknown): Item {
  return { kind: 'discard', reason, value }
}

function merge(outer: JsonObject, { writeKey: _, ...item }: JsonObject): JsonObject {
  return {
    ...item,
    ...mergeObject('context', outer, item),
    ...mergeObject('integrations', outer, item),
  }
}

function mergeObject(key: string, outer: JsonObject, item: JsonObject): JsonObject {
  if (!isJsonObject(outer[key])) return {}
  if (item[key] === undefined || item[key] === null) return { [key]: outer[key] }
  return isJsonObject(item[key]) ? { [key]: { ...outer[key], ...item[key] } } : {}
}
