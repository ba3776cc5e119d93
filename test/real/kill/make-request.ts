import { LOCAL_WRITE_KEY } from '../../../durable-objects/workspace/fixed-workspace.ts'

const BATCH_SHARE = 0.25
const MAX_BATCH_EVENTS = 20

/** A request as it is sent, and sent again. */
export interface SentRequest {
  readonly path: string
  readonly body: string
  readonly ids: readonly string[]
}

/** A single call, or a batch of 2 to 20 events, whose message ids begin with `name`. */
export function makeRequest(name: string, random: () => number): SentRequest {
  const isBatch = random() < BATCH_SHARE
  const events = isBatch ? 2 + Math.floor(random() * (MAX_BATCH_EVENTS - 1)) : 1
  const ids = Array.from({ length: events }, (_, index) => `${name}-${index}`)
  const batch = ids.map((messageId) => ({
    type: 'track',
    messageId,
    userId: name,
    event: 'Order Completed',
    properties: { total: Math.floor(random() * 10_000) / 100, note: 'ünï ☃' },
  }))
  return isBatch
    ? { path: '/v1/batch', body: JSON.stringify({ writeKey: LOCAL_WRITE_KEY, batch }), ids }
    : {
        path: '/v1/track',
        body: JSON.stringify({ writeKey: LOCAL_WRITE_KEY, ...batch[0] }),
        ids,
      }
}
