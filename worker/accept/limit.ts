import type { Context } from 'hono'
import { reportFailure } from '../../durable-objects/report.ts'
import type { AppEnv } from '../app-env.ts'

/** Whether a request is within a limit of wrangler.toml; a limiter that fails lets everything pass. */
export async function isWithin(limiter: RateLimit, key: string): Promise<boolean> {
  try {
    const { success } = await limiter.limit({ key })
    return success
  } catch (error) {
    reportFailure('RATE_LIMIT_UNREADABLE', {}, error)
    return true
  }
}

/** The connecting address as the edge knows it; null where nothing stands in front of the Worker. */
export const readAddress = (c: Context<AppEnv>): string | null =>
  c.req.header('cf-connecting-ip') ?? null

/** Whether the sender's address has sent no more than one address may. */
export const isAddressWithin = (c: Context<AppEnv>): Promise<boolean> =>
  isWithin(c.env.ADDRESS_LIMIT, readAddress(c) ?? '')
