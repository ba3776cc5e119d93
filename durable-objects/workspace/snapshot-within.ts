import { within } from '../within.ts'
import type { Snapshot } from './snapshot.ts'

/** A snapshot is in memory or a call away: whoever has something else to do waits no longer. */
const SNAPSHOT_LIMIT_MS = 10_000

/** A snapshot that was asked for; rejects when it does not come in time. */
export function snapshotWithin(
  asked: Promise<Snapshot>,
  limitMs = SNAPSHOT_LIMIT_MS,
): Promise<Snapshot> {
  return within(limitMs, 'snapshot', asked)
}
