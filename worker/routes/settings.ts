import { type Context, Hono } from 'hono'
import { answerError } from '../answers.ts'
import type { AppEnv } from '../app-env.ts'
import { isPlausibleKey } from '../event/write-key.ts'
import { publicCors } from '../middleware/collector-cors.ts'
import { answerKept, readCoding } from '../sdk/answer-kept.ts'
import { findKnownSource } from '../sdk/find-known-source.ts'
import { makeBody } from '../sdk/kept-bodies.ts'
import { projectSettings } from '../sdk/project-settings.ts'

/**
 * `GET …/{writeKey}/settings`: what analytics.js of npm and the mobile SDKs ask at start. `path` is where
 * they shall post events, below this host.
 */
export function settingsRoutes(path: string): Hono<AppEnv> {
  return new Hono<AppEnv>().use(publicCors).get('/:key/settings', (c) => answerSettings(c, path))
}

/** Made for every plausible key: the collector decides later whose it is. */
async function answerSettings(c: Context<AppEnv>, path: string): Promise<Response> {
  const writeKey = c.req.param('key')
  if (!isPlausibleKey(writeKey)) {
    return answerError(c, 404, { code: 'not_found', message: 'this cannot be a write key' })
  }
  const { host, protocol } = new URL(c.req.url)
  const home = { host, protocol: protocol.slice(0, -1), path }
  const text = JSON.stringify(projectSettings(writeKey, home))
  const isKeyKnown = (await findKnownSource(c, writeKey)) !== null
  const contentType = 'application/json; charset=utf-8'
  return answerKept(c, makeBody(text, readCoding(c.req)), { contentType, isKeyKnown, cookies: [] })
}
