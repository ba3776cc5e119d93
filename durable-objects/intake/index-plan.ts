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

/** How many of the oldest chunks the next run takes; 0 while they are neither enough nor old enough. */
export function chooseRun(unsealed: readonly UnsealedChunk[], nowMs: number): number {
  let items = 0
  for (const [index, chunk] of unsealed.entries()) {
    items += chunk.items
    if (items >= RUN_ITEMS) return index + 1
  }
  const dueAtMs = runDueAtMs(unsealed)
  return dueAtMs !== null && dueAtMs <= nowMs ? unsealed.length : 0
}

/** When a run is due: when its items are enough, or its oldest chunk is old enough; null if none waits. */
export function runDueAtMs(unsealed: readonly UnsealedChunk[]): number | null {
  const [oldest] = unsealed
  if (oldest === undefined) return null
  const items = unsealed.reduce((sum, chunk) => sum + chunk.items, 0)
  return oldest.plannedAtMs + (items >= RUN_ITEMS ? 0 : RUN_AGE_MS)
}
