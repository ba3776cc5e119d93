import { eachOf } from '../durable-objects/each-of.ts'
import { SWEEP_MS } from '../durable-objects/intake/sweep-spool.ts'
import { reportFailure } from '../durable-objects/report.ts'
import { within } from '../durable-objects/within.ts'
import { SPOOL } from './event/spooled.ts'

const LIST_LIMIT_MS = 10_000
/** What a sweep has begun it ends, however long after its time; it goes on if nobody listens any more. */
const SWEEP_LIMIT_MS = 2 * SWEEP_MS
/** 1,000 Intakes that all hang are through in 400 s; a cron has 15 minutes. */
const SWEEPS_AT_ONCE = 50
/** Then the next cron is there. */
const CRON_MS = 60_000

/** Wakes every Intake that has something in the spool; each sweeps its own, and none waits for another. */
export async function sweepSpools(env: Env): Promise<void> {
  await eachOf(await listSpooled(env.ARCHIVE), SWEEPS_AT_ONCE, async (intake) => {
    try {
      await sweepOut(env, intake)
    } catch (error) {
      reportFailure('SWEEP_FAILED', { intake }, error)
    }
  })
}

/** A sweep that took all of its time may have left more: an outage leaves thousands of groups a minute. */
async function sweepOut(env: Env, intake: string): Promise<void> {
  const untilMs = Date.now() + CRON_MS
  for (;;) {
    const beganAtMs = Date.now()
    const sweeping = env.INTAKE.getByName(intake).sweep()
    const isEmpty = await within(SWEEP_LIMIT_MS, `sweep of ${intake}`, sweeping)
    const nowMs = Date.now()
    if (isEmpty || nowMs - beganAtMs < SWEEP_MS || nowMs >= untilMs) return
  }
}

/** The names of the Intakes; usually none, in one call. */
async function listSpooled(bucket: R2Bucket): Promise<string[]> {
  const names: string[] = []
  try {
    let cursor: string | undefined
    do {
      const options = { prefix: SPOOL, delimiter: '/', ...(cursor === undefined ? {} : { cursor }) }
      const page = await within(LIST_LIMIT_MS, `list of ${SPOOL}`, bucket.list(options))
      names.push(...page.delimitedPrefixes.map((prefix) => prefix.slice(SPOOL.length, -1)))
      cursor = page.truncated ? page.cursor : undefined
    } while (cursor !== undefined)
  } catch (error) {
    reportFailure('SPOOL_UNREADABLE', {}, error)
  }
  return names
}
