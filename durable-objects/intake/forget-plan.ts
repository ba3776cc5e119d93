import type { Chunk } from './chunk.ts'

/** Ids are compared for at least 24 h; the rest covers what is still on its way. */
export const REMEMBER_MS = 25 * 3_600_000
/** Rows are forgotten an hour's worth at a time, because the ids are then read anew. */
const FORGET_EVERY_MS = 3_600_000
/** What could not be forgotten is tried again then. */
export const FORGET_RETRY_MS = 60_000

type Routed = Pick<Chunk, 'seq' | 'plannedAtMs' | 'counts'>

/** The routed chunks whose rows may go; the newest stays, because the next numbers come from it. */
export function chooseForgettable(
  routed: readonly Routed[],
  { newest, nowMs }: { readonly newest: number; readonly nowMs: number },
): Routed[] {
  return routed.filter(
    ({ seq, plannedAtMs }) => seq !== newest && plannedAtMs < nowMs - REMEMBER_MS,
  )
}

/** When rows may be forgotten next; null while there are none but the newest. */
export function forgetDueAtMs(routed: readonly Routed[], newest: number): number | null {
  const oldest = routed.find(({ seq }) => seq !== newest)
  return oldest === undefined ? null : oldest.plannedAtMs + REMEMBER_MS + FORGET_EVERY_MS
}
