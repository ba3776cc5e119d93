import { type Context, Hono } from 'hono'
import { getCookie } from 'hono/cookie'
import { reportFailure } from '../../durable-objects/report.ts'
import { type Admission, admit } from '../accept/admit.ts'
import { collect } from '../accept/collect.ts'
import { readFacts } from '../accept/read-facts.ts'
import { answerError, answerLimited, answerUnavailable } from '../answers.ts'
import type { AppEnv } from '../app-env.ts'
import { readLinkAutomation } from '../event/automation.ts'
import { readQuerystring } from '../event/querystring.ts'
import { decideRedirect } from '../event/redirect.ts'
import { chooseWriteKey } from '../event/write-key.ts'
import { answerGif } from './gif.ts'

/** Where analytics.js keeps its anonymous id, on the site that it shares with us. */
const ANONYMOUS_ID_COOKIE = 'ajs_anonymous_id'
const PURPOSE_HEADERS = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz']

/**
 * `GET /v1/querystring`: a link's `ajs_*` parameters as calls, then a GIF, or the way on to
 * `redirect=`. A person waits: they are sent on even when the log does not answer.
 */
export function querystringRoutes(): Hono<AppEnv> {
  return new Hono<AppEnv>().get('/', async (c) => {
    const receivedAt = new Date()
    const query = new URL(c.req.url).searchParams
    const writeKey = chooseWriteKey([query.get('writeKey')])
    if (writeKey === null) {
      const message = 'writeKey is missing, or cannot be a write key'
      return answerError(c, 400, { code: 'invalid_request', message })
    }
    const admission = await admit(c, writeKey, { isRepeatable: false })
    if (admission.kind === 'limited') return answerLimited(c)
    await collectLink(c, admission, { query, writeKey, receivedAt })
    return answerLink(c, admission, query.get('redirect'))
  })
}

interface Link {
  readonly query: URLSearchParams
  readonly writeKey: string
  readonly receivedAt: Date
}

async function collectLink(
  c: Context<AppEnv>,
  admission: Exclude<Admission, { kind: 'limited' }>,
  { query, writeKey, receivedAt }: Link,
): Promise<void> {
  const purpose = PURPOSE_HEADERS.map((name) => c.req.header(name)).find((each) => each) ?? null
  const userAgent = c.req.header('user-agent') ?? null
  const automation = readLinkAutomation({ method: c.req.method, purpose, userAgent })
  const items = readQuerystring(query, {
    anonymousId: automation === null ? readCookie(c) : null,
    newAnonymousId: () => crypto.randomUUID(),
    isAutomated: automation !== null,
  })
  if (items.length === 0) return
  const facts = readFacts(c, { isClientPath: true, automation })
  const envelope = { items, sentAt: undefined }
  const link = { writeKey, envelope, receivedAt, facts, isUrgent: true }
  const appended = await collect(c, admission, link)
  if (appended === 'durable') return
  reportFailure('LINK_LOST', { items: items.length }, 'the log does not answer')
}

function answerLink(c: Context<AppEnv>, admission: Admission, target: string | null): Response {
  if (target === null) return answerGif(c)
  if (admission.kind === 'unverified' && admission.isUndecidable) return answerUnavailable(c)
  const hosts = admission.kind === 'known' ? admission.source.redirectHosts : []
  const location = decideRedirect(target, hosts)
  if (location === null) {
    const message = "redirect's host is not on the list of this source"
    return answerError(c, 400, { code: 'redirect_not_allowed', message })
  }
  c.header('Cache-Control', 'no-store')
  return c.redirect(location, 302)
}

/** analytics.js before 2.0 wrote it in quotes. */
function readCookie(c: Context<AppEnv>): string | null {
  return getCookie(c, ANONYMOUS_ID_COOKIE)?.replace(/^"(.*)"$/, '$1') || null
}
