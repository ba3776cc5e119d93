import { reportFailure } from '../report.ts'
import { within } from '../within.ts'
import { intakeName } from '../workspace/intake-name.ts'

const APPEND_LIMIT_MS = 10_000

/** Appends segments to the Intakes of their sources; resolves to those that have them on disk. */
export async function forwardSegments(
  env: Env,
  forwards: ReadonlyMap<string, readonly Uint8Array[]>,
): Promise<string[]> {
  const answered: string[] = []
  await Promise.all(
    [...forwards].map(async ([source, segments]) => {
      try {
        const stub = env.INTAKE.getByName(intakeName(source))
        const append = within(APPEND_LIMIT_MS, `append to ${source}`, stub.append(segments))
        const { state } = await append
        if (state !== 'durable') throw new Error(`Intake of ${source}: ${state}`)
        answered.push(source)
      } catch (error) {
        reportFailure('FORWARD_FAILED', { source, segments: segments.length }, error)
      }
    }),
  )
  return answered
}
