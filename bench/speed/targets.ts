/** What was measured of one target, with its limit. */
export interface Verdict {
  readonly name: string
  readonly isMet: boolean
  readonly found: string
}

/** A cell of the comparison, as far as targets look at it. */
export interface RatedCell {
  readonly eventsPerRequest: number
  readonly connections: number
  readonly kind: string
  /** Events archived a second, ours over naive. */
  readonly ratio: number
}

/** The least ratio by events per request, judged at these numbers of connections. */
const MIN_RATIOS: Readonly<Record<number, number>> = { 1: 1.0, 10: 1.0, 50: 0.8 }
const JUDGED_CONNECTIONS = [16, 64]
/** From the first call on a new instance, with a million known ids, to its answer. */
const MAX_RESTART_MS = 1_000
const RESTART_IDS = 1_000_000

/** Judges the cells that have a target; the others are shown only. */
export function judgeRatios(cells: readonly RatedCell[]): Verdict[] {
  return cells.flatMap(({ eventsPerRequest, connections, kind, ratio }) => {
    const least = MIN_RATIOS[eventsPerRequest]
    if (least === undefined || !JUDGED_CONNECTIONS.includes(connections)) return []
    return {
      name: `${eventsPerRequest} events a request, ${connections} connections, ${kind}: ratio at least ${least.toFixed(1)}`,
      isMet: ratio >= least, // false for what was never measured
      found: ratio.toFixed(2),
    }
  })
}

/** Judges the time of a restart, if a million ids were known. */
export function judgeRestart(knownIds: number, restartMs: number): Verdict[] {
  if (knownIds < RESTART_IDS) return []
  return [
    {
      name: `restart with ${knownIds} known ids: at most ${MAX_RESTART_MS} ms`,
      isMet: restartMs <= MAX_RESTART_MS,
      found: `${Math.round(restartMs)} ms`,
    },
  ]
}
