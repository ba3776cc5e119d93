import { type Context, Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import { SPACE } from '../../durable-objects/workspace/snapshot.ts'
import type { AppEnv } from '../app-env.ts'
import { readBody } from '../middleware/read-body.ts'
import { openIdentity } from '../profile-api/space-objects.ts'
import { answerApiError } from './errors.ts'
import { spaceProfileRoutes } from './space-profiles.ts'

/** `GET` and `PATCH /api/spaces/{id}/identity`, how a space resolves people; and its profiles' journals. */
export function spaceRoutes(): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .use('/:space/*', knownSpace)
    .get('/:space/identity', async (c) => {
      return c.json({ data: { identity: await openIdentity(c.env).policy() } })
    })
    .patch('/:space/identity', async (c) => {
      const read = await readBody(c.req.raw)
      if ('fault' in read) return answerApiError(c, 400, 'bad-request', read.fault)
      return patchIdentity(c, read.body)
    })
    .route('/:space/profiles', spaceProfileRoutes())
}

/** A field that is there replaces its whole value; of two patches at once, the later may win. */
async function patchIdentity(c: Context<AppEnv>, fields: object): Promise<Response> {
  const identity = openIdentity(c.env)
  const parsed = await identity.setPolicy({ ...(await identity.policy()), ...fields })
  if (parsed.state === 'valid') return c.json({ data: { identity: parsed.policy } })
  return answerApiError(c, 400, 'bad-request', `${parsed.field} ${parsed.message}`.trim())
}

const knownSpace = createMiddleware<AppEnv>(async (c, next) => {
  const id = c.req.param('space') ?? ''
  return id === SPACE ? next() : answerApiError(c, 404, 'not-found', `there is no space ${id}`)
})
