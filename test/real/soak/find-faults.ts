import type { Soaked } from './run-soak.ts'

/**
 * Of each request there stays its message id for 25 h: 8 bytes in a table that is 30% to 60% full, so
 * 13 to 27 MB a million. A thousand bytes kept of each request would add 400 MB to a soak of 500,000
 * requests; the short form, of 20,000, sees no less than two thousand.
 */
const MAX_GROWTH = 1.3
/** The least heap of a tenth is often of a young collection, which leaves old garbage: up to 20 MB seen. */
const HEAP_SLACK_MB = 24
const SHARED_PROMISE = 'Cannot perform I/O on behalf of a different request'

/**
 * A line for each promise that a soak broke. What workerd has in memory beyond the heap is told and not
 * judged: under a Worker of a few lines with one object it grew by 16 kB a request as well.
 */
export function findFaults({ outcomes, heapMb, archived, output }: Soaked): string[] {
  const faults = Object.entries(outcomes)
    .filter(([outcome]) => outcome !== '200')
    .map(([outcome, times]) => `${times} requests ended with ${outcome}`)
  const { early, late } = heapMb
  const isFlat = late <= early * MAX_GROWTH + HEAP_SLACK_MB // false for what was never measured
  if (!isFlat) faults.push(`the heap grew from ${early} to ${late} MB`)
  if (archived.missing > 0) faults.push(`${archived.missing} events are not in the archive`)
  if (archived.again > 0) faults.push(`${archived.again} events are in the archive more than once`)
  const shared = output.filter((line) => line.includes(SHARED_PROMISE)).length
  if (shared > 0) faults.push(`${shared} times: ${SHARED_PROMISE}`)
  return faults
}
