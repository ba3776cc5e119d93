import type { Context } from 'hono'
import { quarantineBytes } from '../../durable-objects/quarantine-bytes.ts'
import { reportFailure } from '../../durable-objects/report.ts'
import type { AppEnv } from '../app-env.ts'

const PUT_LIMIT_MS = 3_000
/** R2 takes 8 KB of metadata. */
const MAX_HEADER_LENGTH = 200

/**
 * Keeps bytes that nobody could read, so that what a broken proxy spoiled can be looked at; a failure
 * is never in the way of the answer.
 */
export async function quarantine(c: Context<AppEnv>, bytes: Uint8Array): Promise<void> {
  const at = new Date()
  const path = c.req.path.slice(0, MAX_HEADER_LENGTH)
  const metadata = {
    receivedAt: at.toISOString(),
    path,
    contentType: c.req.header('content-type')?.slice(0, MAX_HEADER_LENGTH) ?? '',
    contentEncoding: c.req.header('content-encoding')?.slice(0, MAX_HEADER_LENGTH) ?? '',
  }
  try {
    await quarantineBytes(c.env.ARCHIVE, { bytes, at, metadata, limitMs: PUT_LIMIT_MS })
  } catch (error) {
    reportFailure('QUARANTINE_FAILED', { path }, error)
  }
}
