import { type Context, Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import { type LiveFilters, parseFilters } from '../../durable-objects/intake/live-filters.ts'
import { intakeName } from '../../durable-objects/workspace/intake-name.ts'
import type { AppEnv } from '../app-env.ts'
import { readSnapshot } from '../middleware/read-snapshot.ts'
import { requireToken } from '../middleware/require-token.ts'
import { answerApiError } from './errors.ts'

/** As issued: 32 bytes in base64url. Nothing else is worth a call to the object. */
const TICKET = /^[\w-]{43}$/

/**
 * `GET /api/sources/{id}/live` as a WebSocket, with the token or `?ticket=`; `POST …/live-tickets` issues one.
 * Filters: `type=` (several, by commas or repeated), `name=`, `user=`.
 */
export function liveRoutes(): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .post('/:id/live-tickets', requireToken, async (c) => {
      const id = c.req.param('id')
      if (!(await isKnown(c, id))) return answerUnknown(c, id)
      return answerTicket(c, id)
    })
    .get('/:id/live', requireTokenOrTicket, async (c) => {
      const id = c.req.param('id')
      const ticket = readTicket(c)
      if (ticket === null && !(await isKnown(c, id))) return answerUnknown(c, id)
      if (c.req.header('upgrade')?.toLowerCase() !== 'websocket') {
        c.header('Upgrade', 'websocket')
        return answerApiError(c, 426, 'upgrade-required', 'this is a WebSocket: ask for an upgrade')
      }
      const parsed = parseFilters(readFilters(new URL(c.req.url).searchParams))
      if ('fault' in parsed) return answerApiError(c, 400, 'bad-request', parsed.fault)
      if (ticket !== null && !(await redeem(c, id, ticket))) return answerRefused(c)
      return openTail(c, id, parsed.filters)
    })
}

/** Answers a new ticket for a source's live tail. */
export async function answerTicket(c: Context<AppEnv>, source: string): Promise<Response> {
  const data = await intakeOf(c, source).issueLiveTicket()
  return c.json({ data }, 200, { 'Cache-Control': 'no-store' })
}

/** Without a ticket it takes the token; a ticket is looked at once nothing else is wrong: it holds once. */
const requireTokenOrTicket = createMiddleware<AppEnv>(async (c, next) =>
  readTicket(c) === null ? requireToken(c, next) : next(),
)

const readTicket = (c: Context<AppEnv>) => new URL(c.req.url).searchParams.get('ticket')

/** No object is woken for a ticket that cannot be one, or of a source that is none. */
async function redeem(c: Context<AppEnv>, source: string, ticket: string): Promise<boolean> {
  if (!TICKET.test(ticket) || !(await isKnown(c, source))) return false
  return intakeOf(c, source).redeemLiveTicket(ticket)
}

async function openTail(
  c: Context<AppEnv>,
  source: string,
  filters: LiveFilters,
): Promise<Response> {
  const query = new URLSearchParams({ filters: JSON.stringify(filters) })
  const response = await intakeOf(c, source).fetch(`https://intake/live?${query}`, {
    headers: { Upgrade: 'websocket' },
  })
  if (response.status !== 429) return response
  return answerApiError(c, 429, 'too-many-requests', 'too many watch this source already')
}

async function isKnown(c: Context<AppEnv>, id: string): Promise<boolean> {
  const { sources } = await readSnapshot(c)
  return sources.some((source) => source.id === id)
}

function readFilters(query: URLSearchParams): object {
  const type = query.getAll('type').flatMap((each) => each.split(','))
  const given = { type: type.filter((each) => each !== '') }
  return { ...given, name: query.get('name'), user: query.get('user') }
}

const intakeOf = (c: Context<AppEnv>, source: string) => c.env.INTAKE.getByName(intakeName(source))

const answerUnknown = (c: Context<AppEnv>, id: string) =>
  answerApiError(c, 404, 'not-found', `there is no source ${id}`)

const answerRefused = (c: Context<AppEnv>) =>
  answerApiError(c, 401, 'unauthorized', 'the ticket is unknown, used or expired')
