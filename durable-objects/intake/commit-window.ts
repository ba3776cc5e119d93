/**
 * Longest that an append waits for others to share its row: some 50 ms on the median answer. At 200
 * requests a second 50 ms would cost $0.07 a million events more, which is what identity costs.
 */
export const COMMIT_WINDOW_MS = 80
/** A group of this size waits no longer. */
export const COMMIT_WINDOW_BYTES = 262_144
/**
 * Log rows that are not archived yet, beyond which appends are refused: R2 down for an hour at 1,000
 * events a second makes 3.6 GB, and an object holds 10.
 */
export const MAX_LOG_BYTES = 4_000_000_000

/** What the window depends on. */
export interface WindowState {
  readonly nowMs: number
  /** When the append before this one came; null if none did. */
  readonly lastAppendAtMs: number | null
  /** All that waits, this append included. */
  readonly waitingBytes: number
  /** Whether a person waits for the answer. */
  readonly urgent: boolean
}

/** How long an append waits for company: not at all when it is alone, for it would wait in vain. */
export function commitDelayMs(state: WindowState): number {
  const { nowMs, lastAppendAtMs, waitingBytes, urgent } = state
  if (urgent || waitingBytes >= COMMIT_WINDOW_BYTES) return 0
  if (lastAppendAtMs === null || nowMs - lastAppendAtMs > COMMIT_WINDOW_MS) return 0
  return COMMIT_WINDOW_MS
}
