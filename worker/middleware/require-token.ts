import { createHash, timingSafeEqual } from 'node:crypto'
import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { LOCAL_ADMIN_TOKEN } from '../../durable-objects/workspace/fixed-workspace.ts'
import { answerApiError } from '../api/errors.ts'
import type { AppEnv } from '../app-env.ts'
import { isLocalRequest } from './local-only.ts'

/** Lets a request with the admin token pass; without a token set, nothing passes. */
export const requireToken = createMiddleware<AppEnv>(async (c, next) => {
  const given = /^Bearer\s+(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
  if (given !== undefined && isAdminToken(c, given)) return next()
  return answerApiError(c, 401, 'unauthorized', 'a valid Bearer token is required')
})

/** Whether a text is the admin token that holds for a request. */
export function isAdminToken(c: Context<AppEnv>, given: string): boolean {
  const expected = isLocalRequest(c) ? LOCAL_ADMIN_TOKEN : c.var.deployment.adminToken
  return expected !== null && isEqual(given, expected)
}

/** Compared as digests: equal lengths, and no time that tells how much was right. */
function isEqual(one: string, other: string): boolean {
  const [left, right] = [one, other].map((text) => createHash('sha256').update(text).digest())
  return left !== undefined && right !== undefined && timingSafeEqual(left, right)
}
