/** What an Intake registers: a chunk that a destination is owed. */
export interface OwedChunk {
  readonly intake: string
  readonly chunk: number
  readonly key: string
  readonly lines: number
}

/** How the lines of a slice ended, counted; reasons are Segment's codes. */
export interface Fates {
  readonly delivered: number
  readonly filtered: { readonly [reason: string]: number }
  readonly dead: { readonly [reason: string]: number }
}

/** A chunk as one destination's ledger sees it. */
export interface Slice extends OwedChunk {
  readonly state: 'owed' | 'settled'
  /** The lines still owed; null while none was tried yet: all of them. */
  readonly owed: readonly number[] | null
  readonly fates: Fates
  /** Who works on it until when; null when nobody does. */
  readonly lease: { readonly token: string; readonly untilMs: number } | null
  readonly nextAtMs: number
  readonly tries: number
  /** When it was first begun. */
  readonly sinceMs: number | null
  readonly doneAtMs: number | null
  /** Why the last run left something owed. */
  readonly lastFailure: string | null
}

/** What a run is told about a pointer. */
export type Begin =
  | { readonly kind: 'done' }
  | { readonly kind: 'wait'; readonly untilMs: number }
  | {
      readonly kind: 'go'
      readonly token: string
      readonly untilMs: number
      readonly owed: readonly number[] | null
    }

/** The facts of a run, by line number; what is not named is still owed. */
export interface Settlement {
  readonly delivered: readonly number[]
  readonly filtered: { readonly [reason: string]: readonly number[] }
  readonly dead: { readonly [reason: string]: readonly number[] }
  /** Why lines are still owed; null when the run merely ran out of time. */
  readonly failure: string | null
}

const FIRST_BACKOFF_MS = 2_000
const MAX_BACKOFF_MS = 600_000

/** A new slice, due now. */
export function openSlice(owed: OwedChunk, nowMs: number): Slice {
  return {
    ...owed,
    state: 'owed',
    owed: null,
    fates: { delivered: 0, filtered: {}, dead: {} },
    lease: null,
    nextAtMs: nowMs,
    tries: 0,
    sinceMs: null,
    doneAtMs: null,
    lastFailure: null,
  }
}

/** Decides what a pointer may do: nothing is sent without a lease. */
export function beginSlice(
  slice: Slice | undefined,
  { nowMs, leaseMs, token }: { nowMs: number; leaseMs: number; token: string },
): { answer: Begin; slice: Slice | undefined } {
  // A pointer without a row, or of a settled slice, is late or doubled: it has done its work.
  if (slice === undefined || slice.state === 'settled') return { answer: { kind: 'done' }, slice }
  const busyUntilMs = Math.max(slice.lease?.untilMs ?? 0, slice.nextAtMs)
  if (busyUntilMs > nowMs) return { answer: { kind: 'wait', untilMs: busyUntilMs }, slice }
  const untilMs = nowMs + leaseMs
  return {
    answer: { kind: 'go', token, untilMs, owed: slice.owed },
    slice: { ...slice, lease: { token, untilMs }, sinceMs: slice.sinceMs ?? nowMs },
  }
}

/**
 * Merges a run's facts: a success counts whoever reports it, anything else only from the holder of
 * the lease, which it gives back.
 */
export function settleSlice(
  slice: Slice,
  settlement: Settlement & { readonly token: string },
  { nowMs, jitter }: { nowMs: number; jitter: number },
): Slice {
  const isHolder = slice.lease?.token === settlement.token
  const settled = isHolder ? settlement : { ...settlement, filtered: {}, dead: {} }
  const owed = new Set(slice.owed ?? Array.from({ length: slice.lines }, (_, line) => line))
  const take = (lines: readonly number[]) => lines.filter((line) => owed.delete(line)).length
  const fates = {
    delivered: slice.fates.delivered + take(settled.delivered),
    filtered: addByReason(slice.fates.filtered, settled.filtered, take),
    dead: addByReason(slice.fates.dead, settled.dead, take),
  }
  const merged = { ...slice, owed: [...owed], fates }
  if (owed.size === 0) return { ...merged, state: 'settled', lease: null, doneAtMs: nowMs }
  if (!isHolder) return merged
  const { failure } = settlement
  const tries = failure === null ? slice.tries : slice.tries + 1
  const nextAtMs = failure === null ? nowMs : nowMs + backoffMs(tries, jitter)
  return { ...merged, lease: null, tries, nextAtMs, lastFailure: failure ?? slice.lastFailure }
}

/** When a slice needs a pointer again if none comes by itself. */
export function wakeAtMs(slice: Slice, touchedAtMs: number | null, wakeMs: number): number {
  const dueMs = Math.max(slice.nextAtMs, slice.lease?.untilMs ?? 0)
  return touchedAtMs === null ? dueMs : Math.max(dueMs, touchedAtMs) + wakeMs
}

/** Full jitter of 2 s × 2^tries, at most 10 minutes. */
function backoffMs(tries: number, jitter: number): number {
  return jitter * Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** tries)
}

function addByReason(
  counts: Fates['filtered'],
  facts: Settlement['filtered'],
  take: (lines: readonly number[]) => number,
): Fates['filtered'] {
  const sum = { ...counts }
  for (const [reason, lines] of Object.entries(facts)) {
    const count = take(lines)
    if (count > 0) sum[reason] = (sum[reason] ?? 0) + count
  }
  return sum
}
