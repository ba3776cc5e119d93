import { Hono } from 'hono'
import type { Source } from '../../durable-objects/workspace/snapshot.ts'
import type { AppEnv } from '../app-env.ts'
import { readSnapshot } from '../middleware/read-snapshot.ts'
import { answerApiError } from './errors.ts'
import { openArchive } from './open-archive.ts'

/** `GET /api/sources` and `GET /api/sources/{id}/archive?start=&end=`. */
export function sourceRoutes(): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .get('/', async (c) => {
      const { sources } = await readSnapshot(c)
      const pagination = { current: btoa('0'), totalEntries: sources.length }
      return c.json({ data: { sources: sources.map(toWire), pagination } })
    })
    .get('/:id/archive', async (c) => {
      const id = c.req.param('id')
      const { sources } = await readSnapshot(c)
      if (!sources.some((source) => source.id === id)) {
        return answerApiError(c, 404, 'not-found', `there is no source ${id}`)
      }
      const range = readRange(c.req.query('start'), c.req.query('end'))
      if ('fault' in range) return answerApiError(c, 400, 'bad-request', range.fault)
      const lines = openArchive(c.env.ARCHIVE, { source: id, ...range })
      return c.body(lines, 200, { 'Content-Type': 'application/x-ndjson' })
    })
}

function toWire({ id, slug, name, enabled, writeKeys }: Source) {
  return { id, slug, name, enabled, writeKeys, settings: {}, labels: [] }
}

/** ISO times by `receivedAt`, the end excluded; absent means since ever, until now and beyond. */
function readRange(start = '1970-01-01T00:00:00Z', end = '9999-01-01T00:00:00Z') {
  const [startMs, endMs] = [start, end].map((text) => Date.parse(text))
  if (startMs === undefined || Number.isNaN(startMs)) return { fault: 'start is not an ISO time' }
  if (endMs === undefined || Number.isNaN(endMs)) return { fault: 'end is not an ISO time' }
  return { startMs, endMs }
}
