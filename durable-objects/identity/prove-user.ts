import { createHmac, timingSafeEqual } from 'node:crypto'

/** Whether `context.userHash` is the HMAC-SHA256 of a user id under a source's secret, in hex. */
export function proveUser(secret: string, userId: string, userHash: unknown): boolean {
  if (typeof userHash !== 'string') return false
  const expected = Buffer.from(createHmac('sha256', secret).update(userId).digest('hex'))
  const given = Buffer.from(userHash.toLowerCase())
  return given.length === expected.length && timingSafeEqual(given, expected)
}
