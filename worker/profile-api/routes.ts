import { type Context, Hono } from 'hono'
import type { Collection } from '../../durable-objects/identity/external-id.ts'
import type { ProfileView } from '../../durable-objects/profile/news.ts'
import { reportFailure } from '../../durable-objects/report.ts'
import { type Source, SPACE } from '../../durable-objects/workspace/snapshot.ts'
import type { AppEnv } from '../app-env.ts'
import { readSnapshot } from '../middleware/read-snapshot.ts'
import { answerNobody, answerProfileError } from './errors.ts'
import { answerEvents, answerIds, answerLinks, answerMetadata, answerTraits } from './lists.ts'
import { findProfile } from './open-profiles.ts'
import { cutEncodedId, parseCollection, parseEncodedId } from './profile-id.ts'
import { requireBasicToken } from './require-basic-token.ts'

const LISTS = new Map<string, Answer>([
  ['traits', answerTraits],
  ['external_ids', answerIds],
  ['events', answerEvents],
  ['metadata', answerMetadata],
  ['links', answerLinks],
])
type Answer = (
  c: Context<AppEnv>,
  view: ProfileView,
  sources: readonly Source[],
) => Response | Promise<Response>

/** Segment's Profile API: https://segment.com/docs/unify/profile-api; no page of a browser may read it. */
export function profileRoutes(): Hono<AppEnv> {
  const routes = new Hono<AppEnv>()
  routes.use(async (c, next) => {
    c.header('Request-Id', crypto.randomUUID())
    await next()
  })
  routes.use(requireBasicToken)
  routes.get('/:space/collections/:collection/profiles/:id/:list', answerProfile)
  routes.all('*', (c) => answerMissing(c, 'There is no such resource.'))
  routes.onError((error, c) => {
    reportFailure('PROFILE_REQUEST_FAILED', { list: c.req.param('list') ?? null }, error)
    const message = 'An internal error was reported.'
    return answerProfileError(c, 500, { code: 'internal_error', message })
  })
  return routes
}

async function answerProfile(c: Context<AppEnv>): Promise<Response> {
  const answer = LISTS.get(c.req.param('list') ?? '')
  if (answer === undefined) return answerMissing(c, 'There is no such resource.')
  if (c.req.param('space') !== SPACE) return answerMissing(c, 'Space was not found.')
  const collection = parseCollection(c.req.param('collection') ?? '')
  if (collection === null) {
    return answerUnreadable(c, 'The parameter `collection` must be `users` or `accounts`.')
  }
  return answerFound(c, { collection, answer })
}

async function answerFound(
  c: Context<AppEnv>,
  { collection, answer }: { collection: Collection; answer: Answer },
): Promise<Response> {
  const parsed = parseEncodedId(cutEncodedId(new URL(c.req.url)), collection)
  if (parsed.state === 'fault') return answerUnreadable(c, `The profile's id ${parsed.fault}.`)
  if (parsed.state === 'nobody') return answerNobody(c)
  const { sources } = await readSnapshot(c)
  const search = { collection, sources: sources.map(({ id }) => id) }
  const view = await findProfile(c.env, parsed.id, search)
  return view === null ? answerNobody(c) : answer(c, view, sources)
}

const answerMissing = (c: Context<AppEnv>, message: string) =>
  answerProfileError(c, 404, { code: 'not_found', message })

const answerUnreadable = (c: Context<AppEnv>, message: string) =>
  answerProfileError(c, 400, { code: 'validation_error', message })
