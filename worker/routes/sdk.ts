import { type Context, Hono } from 'hono'
import { sdkTemplate } from '../../generated/sdk-template.ts'
import { answerError } from '../answers.ts'
import type { AppEnv } from '../app-env.ts'
import { isPlausibleKey } from '../event/write-key.ts'
import { answerKept, readCoding } from '../sdk/answer-kept.ts'
import { findKnownSource } from '../sdk/find-known-source.ts'
import { KeptBodies, makeBody } from '../sdk/kept-bodies.ts'
import { browserSettings } from '../sdk/project-settings.ts'
import { renderScript, type ScriptParts } from '../sdk/render-script.ts'
import { forgetVisitor, isOptedOut, optOutCookie, rememberVisitor } from '../sdk/visitor-cookies.ts'

const kept = new KeptBodies()
/** A chunk of another version of the SDK: a script in its place would start under its name. */
const CHUNK = /^\d+\.[0-9a-f]{20}$/

/**
 * analytics.js with the key and its settings inside: `/{prefix}/{key}.js`, and where Segment's snippet
 * looks for it. Device-mode destinations are not served: `/next-integrations` is 404.
 */
export function sdkRoutes(prefix: string): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .get(`/${prefix}/:file{[^/]+\\.js}`, (c) =>
      answerScript(c, c.req.param('file').slice(0, -'.js'.length)),
    )
    .get('/analytics.js/v1/:key/analytics.min.js', (c) => answerScript(c, c.req.param('key')))
}

async function answerScript(c: Context<AppEnv>, writeKey: string): Promise<Response> {
  if (!isPlausibleKey(writeKey) || CHUNK.test(writeKey)) {
    return answerError(c, 404, { code: 'not_found', message: 'this cannot be a write key' })
  }
  const source = await findKnownSource(c, writeKey)
  // Who does not want it is left alone by a source that is not known here, or not yet.
  const honours = source === null || source.honoursOptOut === true
  const parts = scriptParts(c, writeKey, honours)
  const makeText = () => renderScript(sdkTemplate, parts)
  const coding = readCoding(c.req)
  // Anybody can make up keys: no work worth keeping is done for one.
  const body =
    source === null
      ? makeBody(makeText(), coding)
      : await kept.get(JSON.stringify(parts), coding, makeText)
  const cookies = source === null ? [] : visitorCookies(c, honours)
  const contentType = 'text/javascript; charset=utf-8'
  return answerKept(c, body, { contentType, isKeyKnown: source !== null, cookies })
}

function scriptParts(c: Context<AppEnv>, writeKey: string, honours: boolean): ScriptParts {
  const { prefix } = c.var.deployment
  const { host, origin, protocol } = new URL(c.req.url)
  const home = { host, protocol: protocol.slice(0, -1), path: prefix }
  return {
    writeKey,
    home: `${host}/${prefix}`,
    base: `${origin}/${prefix}`,
    settings: browserSettings(writeKey, home),
    optOutCookie: honours ? optOutCookie(prefix) : null,
  }
}

/** None for a page of another site: a browser would refuse them. */
function visitorCookies(c: Context<AppEnv>, honours: boolean): string[] {
  if (c.req.header('sec-fetch-site') === 'cross-site') return []
  return honours && isOptedOut(c) ? forgetVisitor(c) : rememberVisitor(c)
}
