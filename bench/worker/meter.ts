import type { Counts } from '../counts.ts'
import type { DrivenClock } from './driven-clock.ts'

/** A message that the bench's queue holds. */
export interface HeldMessage {
  /** The binding that it was sent by. */
  readonly binding: string
  readonly body: unknown
  readonly dueAtMs: number
  readonly attempts: number
}

/** What the patches write into. */
export interface Meter {
  readonly counts: Counts
  readonly clock: DrivenClock
  readonly messages: HeldMessage[]
  /** Calls that have reached an object. */
  entered: number
}
