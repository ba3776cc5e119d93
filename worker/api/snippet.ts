import { type Context, Hono } from 'hono'
import type { AppEnv } from '../app-env.ts'
import { readSnapshot } from '../middleware/read-snapshot.ts'
import { SNIPPETS, writeSnippet } from '../sdk/snippet.ts'
import { optOutCookie } from '../sdk/visitor-cookies.ts'
import { answerApiError } from './errors.ts'

/** `GET /api/sources/{id}/snippet?for=html|npm|node`: code that collects for a source under this name. */
export function snippetRoutes(): Hono<AppEnv> {
  return new Hono<AppEnv>().get('/:id/snippet', answerSnippet)
}

async function answerSnippet(c: Context<AppEnv>): Promise<Response> {
  const id = c.req.param('id')
  const kind = SNIPPETS.find((each) => each === (c.req.query('for') ?? 'html'))
  if (kind === undefined) {
    return answerApiError(c, 400, 'bad-request', `for must be one of ${SNIPPETS.join(', ')}`)
  }
  const { sources } = await readSnapshot(c)
  const source = sources.find((each) => each.id === id)
  const [writeKey] = source?.writeKeys ?? []
  if (source === undefined || writeKey === undefined) {
    return answerApiError(c, 404, 'not-found', `there is no source ${id} with a write key`)
  }
  if (source.hasSecretKeys && kind !== 'node') {
    return answerApiError(c, 400, 'bad-request', `the keys of ${id} are for servers only: for=node`)
  }
  const { prefix } = c.var.deployment
  const { host, protocol } = new URL(c.req.url)
  const home = { host, protocol: protocol.slice(0, -1), path: prefix }
  const signal = source.honoursOptOut ? optOutCookie(prefix) : null
  const code = writeSnippet(kind, { writeKey, home, optOutCookie: signal })
  return c.json({ data: { snippet: { for: kind, code } } })
}
