import type { Settlement } from '../durable-objects/destination/ledger.ts'
import type { Outcome } from './outcome.ts'

/** The facts of a run from how its lines ended; a line without an outcome is still owed. */
export function toSettlement(outcomes: ReadonlyMap<number, Outcome>): Settlement {
  const delivered: number[] = []
  const filtered: Record<string, number[]> = {}
  const dead: Record<string, number[]> = {}
  let failure: string | null = null
  for (const [line, outcome] of outcomes) {
    switch (outcome.kind) {
      case 'delivered':
        delivered.push(line)
        break
      case 'filtered':
        addTo(filtered, outcome.reason, line)
        break
      case 'refused':
        addTo(dead, outcome.reason, line)
        break
      case 'unavailable':
        failure = outcome.reason
        break
      default:
        outcome satisfies never
    }
  }
  return { delivered, filtered, dead, failure }
}

function addTo(lines: Record<string, number[]>, reason: string, line: number): void {
  const same = lines[reason]
  if (same === undefined) lines[reason] = [line]
  else same.push(line)
}
