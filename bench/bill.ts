import type { Counts } from './counts.ts'
import { PRICES } from './prices.ts'

/** Time is not measured but fixed, so that a bill says the same on every machine. */
export const CPU_MS_PER_REQUEST = 1.5
export const CPU_MS_PER_EVENT = 0.05
/**
 * Charged once per event and destination, as `consumed` counts. For `webhook`, with vendors that
 * answer at once, our own machine takes 0.2 ms: a million deliveries more, and no more of anything else.
 */
export const CONSUMER_CPU_MS_PER_DELIVERY = 0.32
/** An event without a vendor: reading it and making its keys takes 0.02 ms on our own machine. */
export const PROFILES_CPU_MS_PER_EVENT = 0.05
/** How long an object is busy for a call: an append waits some 10 ms for its write to be confirmed. */
export const OBJECT_MS_PER_CALL = 10
const OBJECT_GB = 0.128

/** One line of a bill, in dollars for a million events. */
export interface BillLine {
  readonly name: string
  readonly dollars: number
}

/** Seconds that objects are busy, times their memory. */
export const objectGbSeconds = ({ doRequests }: Counts): number =>
  (doRequests * OBJECT_MS_PER_CALL * OBJECT_GB) / 1_000

/** Counts times prices, for a million events; a consumer that does other work has its own CPU. */
export function makeBill(
  counts: Counts,
  { consumerCpuMs }: { consumerCpuMs: number } = { consumerCpuMs: CONSUMER_CPU_MS_PER_DELIVERY },
): BillLine[] {
  const cpuMs =
    counts.requests * CPU_MS_PER_REQUEST +
    counts.events * CPU_MS_PER_EVENT +
    counts.consumed * consumerCpuMs +
    counts.resolved * PROFILES_CPU_MS_PER_EVENT
  const lines: [string, number][] = [
    ['Worker requests', counts.requests * PRICES.perWorkerRequest],
    ['Worker CPU', cpuMs * PRICES.perCpuMs],
    ['Queue operations', counts.queueOps * PRICES.perQueueOperation],
    ['Object calls and alarms', counts.doRequests * PRICES.perObjectRequest],
    ['Object duration', objectGbSeconds(counts) * PRICES.perObjectGbSecond],
    ['Rows written', counts.rowsWritten * PRICES.perRowWritten],
    ['R2 writes and lists', counts.r2A * PRICES.perR2ClassA],
    ['R2 reads', counts.r2B * PRICES.perR2ClassB],
  ]
  return lines.map(([name, dollars]) => ({ name, dollars: (dollars / counts.events) * 1e6 }))
}

/** The sum of a bill's lines. */
export const totalOf = (bill: readonly BillLine[]): number =>
  bill.reduce((sum, { dollars }) => sum + dollars, 0)
