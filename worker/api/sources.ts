import { type Context, Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import { sumDiscards } from '../../durable-objects/intake/counts.ts'
import { intakeName } from '../../durable-objects/workspace/intake-name.ts'
import type { Source } from '../../durable-objects/workspace/snapshot.ts'
import type { AppEnv } from '../app-env.ts'
import { readSnapshot } from '../middleware/read-snapshot.ts'
import { answerApiError } from './errors.ts'
import { explainFault } from './explain-fault.ts'
import { openArchive } from './open-archive.ts'
import { openUserEvents } from './open-user-events.ts'
import { readRange } from './read-range.ts'

/**
 * `GET /api/sources`, and of each its `archive`, `balance` and `events` of a person, all with `start=` and
 * `end=`. A balance goes by when chunks were planned, seconds after receipt; by the hour after a day.
 */
export function sourceRoutes(): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .get('/', async (c) => {
      const { sources } = await readSnapshot(c)
      const pagination = { current: btoa('0'), totalEntries: sources.length }
      return c.json({ data: { sources: sources.map(toWire), pagination } })
    })
    .get('/:id/archive', knownSource, (c) => {
      const range = readRange(c.req.query('start'), c.req.query('end'))
      if ('fault' in range) return answerApiError(c, 400, 'bad-request', range.fault)
      const lines = openArchive(c.env.ARCHIVE, { source: c.req.param('id'), ...range })
      return c.body(lines, 200, NDJSON)
    })
    .get('/:id/balance', knownSource, async (c) => {
      const range = readRange(c.req.query('start'), c.req.query('end'))
      if ('fault' in range) return answerApiError(c, 400, 'bad-request', range.fault)
      const { events, duplicates, discards, archived } = await intakeOf(c).balance(range)
      const received = events + duplicates + sumDiscards({ discards })
      return c.json({ data: { received, duplicates, discards, archived } })
    })
    .get('/:id/events', knownSource, async (c) => {
      const { userId, anonymousId, start, end } = c.req.query()
      const ids = [
        ...(userId ? [`userId:${userId}`] : []),
        ...(anonymousId ? [`anonymousId:${anonymousId}`] : []),
      ]
      if (ids.length === 0) {
        return answerApiError(c, 400, 'bad-request', 'userId or anonymousId is required')
      }
      const range = readRange(start, end)
      if ('fault' in range) return answerApiError(c, 400, 'bad-request', range.fault)
      const found = await intakeOf(c).userEvents(ids, range.startMs)
      if (found.state !== 'found') {
        return answerApiError(c, 503, 'service-unavailable', explainFault(found))
      }
      const lines = openUserEvents(c.env.ARCHIVE, {
        ...range,
        found,
        person: { userId, anonymousId },
      })
      return c.body(lines, 200, NDJSON)
    })
}

const NDJSON = { 'Content-Type': 'application/x-ndjson' }

const knownSource = createMiddleware<AppEnv>(async (c, next) => {
  const id = c.req.param('id') ?? ''
  const { sources } = await readSnapshot(c)
  if (sources.some((source) => source.id === id)) return next()
  return answerApiError(c, 404, 'not-found', `there is no source ${id}`)
})

const intakeOf = (c: Context<AppEnv>) => c.env.INTAKE.getByName(intakeName(c.req.param('id') ?? ''))

function toWire({ id, slug, name, enabled, writeKeys }: Source) {
  return { id, slug, name, enabled, writeKeys, settings: {}, labels: [] }
}
