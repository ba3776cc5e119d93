import { within } from '../within.ts'
import { intakeName } from '../workspace/intake-name.ts'
import { UNVERIFIED } from '../workspace/snapshot.ts'
import { REMEMBER_MS } from './forget-plan.ts'

/** The unverified Intake may have to sweep its spool before it can tell. */
const ASK_LIMIT_MS = 25_000
/** Ids are compared for a day: what they are kept for longer is the time that events may be on their way. */
const ON_ITS_WAY_MS = REMEMBER_MS - 24 * 3_600_000

/**
 * Whether ids of a source may be forgotten for all that the unverified Intake has: what waits there
 * still may be events that came to the source another way, and only the ids tell.
 */
export async function isForwarded(env: Env, source: string): Promise<boolean> {
  if (source === UNVERIFIED) return true
  const beforeMs = Date.now() - ON_ITS_WAY_MS
  const asked = env.INTAKE.getByName(intakeName(UNVERIFIED)).waitingSinceMs(source)
  return (await within(ASK_LIMIT_MS, `wait of ${source} at ${UNVERIFIED}`, asked)) >= beforeMs
}
