import { type Counts, noCounts } from './counts.ts'
import { makeRequests, REQUESTS_PER_SECOND, type Shape } from './workload.ts'

const QUEUE_UNIT_BYTES = 64_000
/** The platform's largest batch, and a time-out as short as our own chunks wait. */
const MAX_BATCH_SIZE = 100
const BATCH_TIMEOUT_SECONDS = 5
/** Parsing and compressing an event, as long as the same takes in a request: an assumption. */
export const NAIVE_CONSUMER_CPU_MS = 0.05
/** What stamping adds to an event. */
const STAMP_BYTES = 90

/**
 * Counts what the naive design would be billed for the same requests: a Worker that stamps and sends
 * one queue message a request, a consumer that writes a gzip chunk a batch. No dedupe, no delivery.
 */
export function countNaive(
  shape: Shape,
  { visitors, seed }: { visitors: number; seed: number },
): Counts {
  const counts = noCounts()
  let messages = 0
  for (const { body, events } of makeRequests(shape, { visitors, seed, writeKey: 'k' })) {
    counts.requests += 1
    if (body === null) continue
    messages += 1
    counts.events += events
    const bytes = JSON.stringify(body).length + events * STAMP_BYTES
    counts.queueOps += 3 * Math.ceil(bytes / QUEUE_UNIT_BYTES)
  }
  const batchSize = Math.min(MAX_BATCH_SIZE, REQUESTS_PER_SECOND * BATCH_TIMEOUT_SECONDS)
  const batches = Math.ceil(messages / batchSize)
  counts.requests += batches
  counts.r2A = batches
  counts.consumed = counts.events
  counts.archived = counts.events
  return counts
}
