import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import { reportFailure } from '../../durable-objects/report.ts'
import { within } from '../../durable-objects/within.ts'
import type { AppEnv } from '../app-env.ts'

const PUT_LIMIT_MS = 3_000
/** R2 takes 8 KB of metadata. */
const MAX_HEADER_LENGTH = 200

/**
 * Keeps bytes that nobody could read under `quarantine/{date}/{sha256}`, so that what a broken proxy
 * spoiled can be looked at; a failure is never in the way of the answer.
 */
export async function quarantine(c: Context<AppEnv>, bytes: Uint8Array): Promise<void> {
  const receivedAt = new Date().toISOString()
  const hash = createHash('sha256').update(bytes).digest('hex')
  const key = `quarantine/${receivedAt.slice(0, 10)}/${hash}`
  const path = c.req.path.slice(0, MAX_HEADER_LENGTH)
  try {
    const put = c.env.ARCHIVE.put(key, bytes, {
      httpMetadata: { contentType: 'application/octet-stream' },
      customMetadata: {
        receivedAt,
        path,
        contentType: c.req.header('content-type')?.slice(0, MAX_HEADER_LENGTH) ?? '',
        contentEncoding: c.req.header('content-encoding')?.slice(0, MAX_HEADER_LENGTH) ?? '',
      },
    })
    await within(PUT_LIMIT_MS, `put of ${key}`, put)
  } catch (error) {
    reportFailure('QUARANTINE_FAILED', { key }, error)
  }
}
