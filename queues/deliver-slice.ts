import type { Settlement } from '../durable-objects/destination/ledger.ts'
import { eachOf } from '../durable-objects/each-of.ts'
import type { Outcome } from './outcome.ts'
import { reportRun } from './report-run.ts'
import { toSettlement } from './settlement.ts'

/** Requests that may wait for an answer at once: the platform's six connections. */
const CONCURRENCY = 6

/** What a run over the owed lines of a chunk needs. */
export interface SliceRun {
  readonly destination: string
  /** The chunk's key in the archive. */
  readonly key: string
  /** The chunk's lines; null when the archive no longer has it. */
  readonly lines: readonly string[] | null
  readonly owed: readonly number[]
  /** Delivers one event; null when the time was over before its request. */
  readonly deliverEvent: (line: string) => Promise<Outcome | null>
  readonly isTimeOver: () => boolean
}

/** Delivers the owed lines of a chunk, six at a time in order, reports and returns the facts. */
export async function deliverSlice(run: SliceRun): Promise<Settlement> {
  const { destination, key, lines, owed } = run
  const outcomes = new Map<number, Outcome>()
  const errors: string[] = []
  // One event that hangs or fails in an unknown way must not take the facts of the others with it.
  const giveUp = (error: unknown): Outcome => {
    errors.push(error instanceof Error ? error.name : typeof error)
    return { kind: 'unavailable', reason: 'ETIMEDOUT' }
  }
  await eachOf(owed, CONCURRENCY, async (number) => {
    if (lines !== null && run.isTimeOver()) return
    const line = lines?.[number]
    const outcome: Outcome | null =
      line === undefined
        ? { kind: 'refused', reason: 'ARCHIVE_MISSING' }
        : await run.deliverEvent(line).catch(giveUp)
    if (outcome !== null) outcomes.set(number, outcome)
  })
  reportRun({ destination, key, outcomes: outcomes.values(), errors })
  return toSettlement(outcomes)
}
