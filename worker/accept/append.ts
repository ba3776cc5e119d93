import { reportFailure } from '../../durable-objects/report.ts'
import { within } from '../../durable-objects/within.ts'

/** An Intake answers in tens of milliseconds; beyond these limits it is given up. */
const FIRST_LIMIT_MS = 4_000
const SECOND_LIMIT_MS = 3_000

/** Whether segments are on disk, or could not be put there in time. */
export type Appended = 'durable' | 'unavailable'

/**
 * Appends segments to an Intake, and once more with the same bytes on a new stub if that fails:
 * what was written the first time is found again by its segment ids.
 */
export async function appendSegments(
  env: Env,
  intake: string,
  segments: readonly Uint8Array[],
): Promise<Appended> {
  for (const limitMs of [FIRST_LIMIT_MS, SECOND_LIMIT_MS]) {
    try {
      const stub = env.INTAKE.getByName(intake)
      const { state } = await within(limitMs, `append to ${intake}`, stub.append(segments))
      return state === 'durable' ? state : 'unavailable'
    } catch (error) {
      reportFailure('APPEND_FAILED', { intake, segments: segments.length }, error)
      if (isOverloaded(error)) break
    }
  }
  return 'unavailable'
}

/** An overloaded object must not be asked again at once. */
function isOverloaded(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'overloaded' in error
    ? error.overloaded === true
    : false
}
