import { reportFailure } from '../durable-objects/report.ts'
import { SPOOL } from './event/spooled.ts'

/** Wakes every Intake that has something in the spool; each sweeps its own. */
export async function sweepSpools(env: Env): Promise<void> {
  for (const intake of await listSpooled(env.ARCHIVE)) {
    try {
      await env.INTAKE.getByName(intake).sweep()
    } catch (error) {
      reportFailure('SWEEP_FAILED', { intake }, error)
    }
  }
}

/** The names of the Intakes; usually none, in one call. */
async function listSpooled(bucket: R2Bucket): Promise<string[]> {
  try {
    const { delimitedPrefixes } = await bucket.list({ prefix: SPOOL, delimiter: '/' })
    return delimitedPrefixes.map((prefix) => prefix.slice(SPOOL.length, -1))
  } catch (error) {
    reportFailure('SPOOL_UNREADABLE', {}, error)
    return []
  }
}
