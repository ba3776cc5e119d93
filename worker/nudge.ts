import { reportFailure } from '../durable-objects/report.ts'
import { intakeName } from '../durable-objects/workspace/intake-name.ts'
import {
  EMPTY_SNAPSHOT,
  type Snapshot,
  UNVERIFIED,
  type Workspace,
} from '../durable-objects/workspace/snapshot.ts'
import { snapshotWithin } from '../durable-objects/workspace/snapshot-within.ts'

/** Wakes every Intake and Destination of the workspace, should an alarm have been lost. */
export async function nudgeObjects(env: Env, workspace: Workspace): Promise<void> {
  const { sources, destinations } = await readSnapshot(workspace)
  const intakes = [...sources.map(({ id }) => id), UNVERIFIED]
  const nudges = [
    ...intakes.map((id) => ({ id, stub: env.INTAKE.getByName(intakeName(id)) })),
    ...destinations.map(({ id }) => ({ id, stub: env.DESTINATION.getByName(id) })),
  ]
  await Promise.all(
    nudges.map(async ({ id, stub }) => {
      try {
        await stub.nudge()
      } catch (error) {
        reportFailure('NUDGE_FAILED', { id }, error)
      }
    }),
  )
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
