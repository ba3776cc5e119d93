import type { TimeRange } from '../../durable-objects/intake/look-up.ts'

/** ISO times by `receivedAt`, the end excluded; absent means since ever, until now and beyond. */
export function readRange(
  start = '1970-01-01T00:00:00Z',
  end = '9999-01-01T00:00:00Z',
): TimeRange | { readonly fault: string } {
  const startMs = Date.parse(start)
  const endMs = Date.parse(end)
  if (Number.isNaN(startMs)) return { fault: 'start is not an ISO time' }
  if (Number.isNaN(endMs)) return { fault: 'end is not an ISO time' }
  return { startMs, endMs }
}
