import { cors } from 'hono/cors'
import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../app-env.ts'

const PREFLIGHT_SECONDS = 7_200
/** Named one by one: `*` does not cover Authorization, which analytics.js sends since 1.84. */
const ALLOWED_HEADERS = ['Authorization', 'Content-Type', 'X-Retry-Count']
/** The Profile API, and what pages load as images and links. */
const WITHOUT_CORS = /^\/v1\/+(spaces|pixel|querystring)(\/|$)/

/**
 * CORS of what pages of other sites call: every answer, errors included, may be read there with its
 * waiting times. The origin is named back, because SDKs can be told to send credentials; own headers
 * that an SDK was told to send are allowed as well.
 */
export const collectorCors = createMiddleware<AppEnv>(async (c, next) => {
  if (WITHOUT_CORS.test(c.req.path)) return next()
  const requested = c.req.header('access-control-request-headers')?.split(',') ?? []
  const known = new Set(ALLOWED_HEADERS.map((name) => name.toLowerCase()))
  const own = requested.map((name) => name.trim()).filter((name) => !known.has(name.toLowerCase()))
  return cors({
    origin: (origin) => origin || '*',
    credentials: true,
    allowMethods: ['POST', 'GET', 'OPTIONS'],
    allowHeaders: [...ALLOWED_HEADERS, ...own.filter((name) => name !== '')],
    exposeHeaders: ['Retry-After', 'X-RateLimit-Reset'],
    maxAge: PREFLIGHT_SECONDS,
  })(c, next)
})

/** CORS of what is the same for everybody and may be cached: settings. */
export const publicCors = cors({
  origin: '*',
  allowMethods: ['GET', 'OPTIONS'],
  allowHeaders: ALLOWED_HEADERS,
  exposeHeaders: ['Retry-After', 'X-RateLimit-Reset'],
  maxAge: PREFLIGHT_SECONDS,
})
