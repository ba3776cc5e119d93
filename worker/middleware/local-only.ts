import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../app-env.ts'
import { isLoopback } from '../deployment.ts'

/** Whether a request belongs to a local run: its Host must be a loopback name (DNS rebinding). */
export function isLocalRequest(c: Context<AppEnv>): boolean {
  return c.var.deployment.local !== null && isLoopback(new URL(c.req.url))
}

/** Answers requests from elsewhere as if the path did not exist. */
export const localOnly = createMiddleware<AppEnv>(async (c, next) =>
  isLocalRequest(c) ? next() : c.notFound(),
)
