import { reportFailure } from '../durable-objects/report.ts'
import { UNVERIFIED, type Workspace } from '../durable-objects/workspace/snapshot.ts'

/** Wakes every Intake and Destination of the workspace, should an alarm have been lost. */
export async function nudgeObjects(env: Env, workspace: Workspace): Promise<void> {
  const { sources, destinations } = await workspace.snapshot()
  const intakes = [...sources.map(({ id }) => id), UNVERIFIED]
  const nudges = [
    ...intakes.map((id) => ({ id, stub: env.INTAKE.getByName(`${id}:any:0`) })),
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
