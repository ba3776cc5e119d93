import type { Chunk } from './chunk.ts'

/** Ids are compared for at least 24 h; the rest covers what is still on its way. */
export const REMEMBER_MS = 25 * 3_600_000
/** Rows are forgotten an hour's worth at a time: one list of the spool, and one row of totals. */
const FORGET_EVERY_MS = 3_600_000
/** What could not be forgotten is tried again then. */
export const FORGET_RETRY_MS = 60_000

type Routed = Pick<Chunk, 'seq' | 'plannedAtMs' | 'counts'>

interface Moment {
  /** The newest chunk of all. */
  readonly newest: number
  /** The newest chunk that a run of the index has. */
  readonly sealedTo: number
  readonly nowMs: number
}

/**
 * The routed chunks whose rows may go: not the newest, because the next numbers come from it, nor one
 * that no run has, because then nothing would know whose events it has.
 */
export function chooseForgettable(
  routed: readonly Routed[],
  { newest, sealedTo, nowMs }: Moment,
): Routed[] {
  return routed.filter(
    ({ seq, plannedAtMs }) =>
      seq !== newest && seq <= sealedTo && plannedAtMs < nowMs - REMEMBER_MS,
  )
}

/** When rows may be forgotten next; null while there are none but the newest. */
export function forgetDueAtMs(routed: readonly Routed[], newest: number): number | null {
  const oldest = routed.find(({ seq }) => seq !== newest)
  return oldest === undefined ? null : oldest.plannedAtMs + REMEMBER_MS + FORGET_EVERY_MS
}
