import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import { reportFailure } from '../../durable-objects/report.ts'
import { within } from '../../durable-objects/within.ts'
import type { AppEnv } from '../app-env.ts'
import { isWithin, readAddress } from './limit.ts'

const PUT_LIMIT_MS = 3_000

/**
 * Keeps bytes that nobody could read under `quarantine/{date}/{sha256}`, so that what a broken proxy
 * spoiled can be looked at; within the budget of unknown keys, and never in the way of the answer.
 */
export async function quarantine(c: Context<AppEnv>, bytes: Uint8Array): Promise<void> {
  if (!(await isWithin(c.env.UNKNOWN_LIMIT, readAddress(c) ?? ''))) return
  const receivedAt = new Date().toISOString()
  const hash = createHash('sha256').update(bytes).digest('hex')
  const key = `quarantine/${receivedAt.slice(0, 10)}/${hash}`
  const { path } = c.req
  try {
    const put = c.env.ARCHIVE.put(key, bytes, {
      httpMetadata: { contentType: 'application/octet-stream' },
      customMetadata: {
        receivedAt,
        path,
        contentType: c.req.header('content-type') ?? '',
        contentEncoding: c.req.header('content-encoding') ?? '',
      },
    })
    await within(PUT_LIMIT_MS, `put of ${key}`, put)
  } catch (error) {
    reportFailure('QUARANTINE_FAILED', { key }, error)
  }
}
