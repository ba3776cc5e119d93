import { eachOf } from '../durable-objects/each-of.ts'
import { reportFailure } from '../durable-objects/report.ts'
import { within } from '../durable-objects/within.ts'
import { intakeName } from '../durable-objects/workspace/intake-name.ts'
import {
  EMPTY_SNAPSHOT,
  PROFILES,
  type Snapshot,
  UNVERIFIED,
  type Workspace,
} from '../durable-objects/workspace/snapshot.ts'
import { snapshotWithin } from '../durable-objects/workspace/snapshot-within.ts'

/** A nudge does what an alarm does; it goes on if nobody listens any more. */
const NUDGE_LIMIT_MS = 10_000
/** 1,000 objects that all hang are through in 200 s; a cron has 15 minutes. */
const NUDGES_AT_ONCE = 50

/** Wakes every Intake and Destination of the workspace, should an alarm have been lost. */
export async function nudgeObjects(env: Env, workspace: Workspace): Promise<void> {
  const { sources, destinations } = await readSnapshot(workspace)
  const intakes = [...sources.map(({ id }) => id), UNVERIFIED]
  const ledgers = [...destinations.map(({ id }) => id), PROFILES]
  const nudges = [
    ...intakes.map((id) => ({ id, stub: env.INTAKE.getByName(intakeName(id)) })),
    ...ledgers.map((id) => ({ id, stub: env.DESTINATION.getByName(id) })),
  ]
  await eachOf(nudges, NUDGES_AT_ONCE, async ({ id, stub }) => {
    try {
      await within(NUDGE_LIMIT_MS, `nudge of ${id}`, stub.nudge())
    } catch (error) {
      reportFailure('NUDGE_FAILED', { id }, error)
    }
  })
}

/** Without a snapshot the Intake that waits for one is woken all the same. */
async function readSnapshot(workspace: Workspace): Promise<Snapshot> {
  try {
    return await snapshotWithin(workspace.snapshot())
  } catch (error) {
    reportFailure('SNAPSHOT_UNREADABLE', {}, error)
    return EMPTY_SNAPSHOT
  }
}
