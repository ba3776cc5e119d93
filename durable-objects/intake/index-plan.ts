/** A run holds about this many items: half a megabyte of filter, 200 pages. */
export const RUN_ITEMS = 262_144
/** Chunks wait no longer than this for others to fill their run. */
export const RUN_AGE_MS = 3_600_000

/** A planned chunk that no run of the index has yet. */
export interface UnsealedChunk {
  readonly seq: number
  readonly plannedAtMs: number
  readonly items: number
}

/** Whether the chunks that no run has yet are enough, or old enough, for one. */
export function isRunDue(unsealed: readonly UnsealedChunk[], nowMs: number): boolean {
  const [oldest] = unsealed
  if (oldest === undefined) return false
  const items = unsealed.reduce((sum, chunk) => sum + chunk.items, 0)
  return items >= RUN_ITEMS || oldest.plannedAtMs + RUN_AGE_MS <= nowMs
}
