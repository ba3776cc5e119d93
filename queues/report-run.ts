import { reportFailure } from '../durable-objects/report.ts'
import type { Outcome } from './outcome.ts'

/** A status or a name of the catalogue's own; never a sentence, which may quote a vendor or an event. */
const CODE = /^\w{1,64}$/

/** What a run over a chunk did for a destination. */
export interface RunReport {
  readonly destination: string
  /** The chunk's key in the archive. */
  readonly key: string
  readonly outcomes: Iterable<Outcome>
  /** Names of the errors that ended events in an unknown way. */
  readonly errors: readonly string[]
}

/** Logs one line for a run that left events owed or refused, with how many by reason; else none. */
export function reportRun({ destination, key, outcomes, errors }: RunReport): void {
  const reasons: Record<'refused' | 'unavailable', string[]> = { refused: [], unavailable: [] }
  for (const outcome of outcomes) {
    if (outcome.kind === 'refused' || outcome.kind === 'unavailable') {
      reasons[outcome.kind].push(outcome.reason)
    }
  }
  const { refused, unavailable } = reasons
  if (refused.length + unavailable.length === 0) return
  reportFailure(
    unavailable.length > 0 ? 'DELIVERY_UNAVAILABLE' : 'DELIVERY_REFUSED',
    {
      destination,
      key,
      unavailable: tally(unavailable),
      refused: tally(refused),
      errors: tally(errors),
    },
    `${unavailable.length} events stay owed, ${refused.length} are refused for good`,
  )
}

function tally(codes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const code of codes) {
    const name = CODE.test(code) ? code : 'OTHER'
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}
