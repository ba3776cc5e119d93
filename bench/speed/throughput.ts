import { type Contest, type Run, runHeat } from './contest.ts'
import type { Effort } from './plan.ts'
import type { EventKind } from './read-texts.ts'
import { median, ratios } from './statistics.ts'
import type { RatedCell } from './targets.ts'

/** One line of the comparison. */
export interface Cell {
  readonly kind: EventKind
  readonly eventsPerRequest: number
  readonly connections: number
}

/** What a cell showed: medians of both designs, and of the ratios of each pair of runs. */
export interface MeasuredCell extends RatedCell {
  readonly ours: Run
  readonly naive: Run
  /** Events acknowledged a second, ours over naive. */
  readonly acknowledgedRatio: number
}

/** A batch of the naive design has so many messages: whole ones wait for no timer. */
const BATCH_REQUESTS = 100
/** The slower design is not given more than so many times the seconds of a run. */
const MAX_STRETCH = 4

/** Runs both designs in turn, each first every other time, with the same bytes. */
export async function measureCell(
  contest: Contest,
  { kind, eventsPerRequest, connections }: Cell,
  { seconds, runs }: Effort,
): Promise<MeasuredCell> {
  const runBoth = async (requests: number, isSwapped: boolean): Promise<[Run, Run]> => {
    const heat = contest.makeHeat(kind.texts, { eventsPerRequest, requests }, connections)
    const [ours, naive] = contest.designs
    const first = await runHeat(isSwapped ? naive : ours, heat)
    const second = await runHeat(isSwapped ? ours : naive, heat)
    return isSwapped ? [second, first] : [first, second]
  }
  const warm = await runBoth(wholeBatches(2 * connections), false)
  const eventsPerSecond = chooseRate(warm.map(({ acknowledged }) => acknowledged))
  const wanted = Math.max(2 * connections, (eventsPerSecond * seconds) / eventsPerRequest)
  const requests = wholeBatches(wanted)
  const pairs: [Run, Run][] = []
  for (let run = 0; run < runs; run += 1) pairs.push(await runBoth(requests, run % 2 === 1))
  const ours = pairs.map(([each]) => each)
  const naive = pairs.map(([, each]) => each)
  return {
    kind: kind.name,
    eventsPerRequest,
    connections,
    ours: medianRun(ours),
    naive: medianRun(naive),
    ratio: median(ratios(ours.map(archivedOf), naive.map(archivedOf))),
    acknowledgedRatio: median(ratios(ours.map(acknowledgedOf), naive.map(acknowledgedOf))),
  }
}

const wholeBatches = (requests: number): number =>
  BATCH_REQUESTS * Math.ceil(requests / BATCH_REQUESTS)

/** Both send the same events: for one the run is longer, for the other shorter, than was asked. */
function chooseRate(rates: readonly number[]): number {
  const mean = rates.reduce((product, rate) => product * rate, 1) ** (1 / rates.length)
  return Math.min(mean, MAX_STRETCH * Math.min(...rates))
}

const archivedOf = ({ archived }: Run) => archived
const acknowledgedOf = ({ acknowledged }: Run) => acknowledged

const medianRun = (runs: readonly Run[]): Run => ({
  archived: median(runs.map(archivedOf)),
  acknowledged: median(runs.map(acknowledgedOf)),
  cpuUs: median(runs.map(({ cpuUs }) => cpuUs)),
  refusals: runs.reduce((sum, { refusals }) => sum + refusals, 0),
})
