/** How long and how often a cell is measured. */
export interface Effort {
  readonly seconds: number
  readonly runs: number
}

/** What a run of the bench measures, and how thoroughly. */
export interface Plan extends Effort {
  readonly eventsPerRequest: readonly number[]
  readonly connections: readonly number[]
  readonly latencySeconds: number
  readonly seal: { readonly sources: number; readonly sealSeconds: number }
  readonly growth: readonly number[]
}

const FULL: Plan = {
  seconds: 1,
  runs: 3,
  eventsPerRequest: [1, 10, 50],
  connections: [4, 16, 64, 256],
  latencySeconds: 12,
  seal: { sources: 30, sealSeconds: 40 },
  growth: [1_000, 10_000, 100_000, 1_000_000],
}

/** Shows that all of it works, and measures little; a million ids would take longer than it may. */
const QUICK: Plan = {
  seconds: 0.5,
  runs: 1,
  eventsPerRequest: [1, 10, 50],
  connections: [16],
  latencySeconds: 1,
  seal: { sources: 4, sealSeconds: 10 },
  growth: [1_000],
}

/** Options as they are typed. */
export interface Options {
  readonly quick: boolean
  readonly seconds?: string | undefined
  readonly runs?: string | undefined
}

/** The plan that options ask for, or what is wrong with them. */
export function parsePlan({ quick, seconds, runs }: Options): Plan | { readonly fault: string } {
  const plan = quick ? QUICK : FULL
  const chosen = {
    seconds: seconds === undefined ? plan.seconds : Number(seconds),
    runs: runs === undefined ? plan.runs : Number(runs),
  }
  if (!(chosen.seconds > 0 && chosen.seconds <= 60)) {
    return { fault: `--seconds is ${seconds}: it must be above 0, at most 60` }
  }
  if (!(Number.isInteger(chosen.runs) && chosen.runs > 0)) {
    return { fault: `--runs is ${runs}: it must be a whole number above 0` }
  }
  return { ...plan, ...chosen }
}
