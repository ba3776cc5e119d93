import type { Context } from 'hono'
import { reportFailure } from '../../durable-objects/report.ts'
import type { AppEnv } from '../app-env.ts'
import { ipv6Network } from '../event/ip-policy.ts'

/** 64 bits. */
const LIMITED_GROUPS = 4

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

/** An address as limits count it: of IPv6 the /64, of which one sender has all. */
export function limitKey(c: Context<AppEnv>): string {
  const address = readAddress(c) ?? ''
  return address.includes(':') ? (ipv6Network(address, LIMITED_GROUPS) ?? address) : address
}

/** Whether a sender's address is within the budget of requests that are nobody's. */
export const isUnknownWithin = (c: Context<AppEnv>): Promise<boolean> =>
  isWithin(c.env.UNKNOWN_LIMIT, limitKey(c))

/** The connecting address as the edge knows it; null where nothing stands in front of the Worker. */
export const readAddress = (c: Context<AppEnv>): string | null =>
  c.req.header('cf-connecting-ip') ?? null

/** Whether the sender's address has sent no more than one address may. */
export const isAddressWithin = (c: Context<AppEnv>): Promise<boolean> =>
  isWithin(c.env.ADDRESS_LIMIT, limitKey(c))
