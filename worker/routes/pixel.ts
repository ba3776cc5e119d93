import { type Context, Hono } from 'hono'
import { reportFailure } from '../../durable-objects/report.ts'
import { admit } from '../accept/admit.ts'
import { collect, countDiscard } from '../accept/collect.ts'
import { readFacts } from '../accept/read-facts.ts'
import type { AppEnv } from '../app-env.ts'
import { readMailProxy } from '../event/automation.ts'
import { readCall } from '../event/envelope.ts'
import { readPixel } from '../event/pixel.ts'
import { EVENT_TYPES } from '../event/schema.ts'
import { chooseWriteKey } from '../event/write-key.ts'
import { answerGif } from './gif.ts'

/** `GET /v1/pixel/{call}`: always a GIF, whatever happens; who reads a mail must not see an error. */
export function pixelRoutes(): Hono<AppEnv> {
  return new Hono<AppEnv>().get('/:type?', async (c) => {
    try {
      await collectPixel(c)
    } catch (error) {
      reportFailure('PIXEL_FAILED', { path: c.req.path }, error)
    }
    return answerGif(c)
  })
}

async function collectPixel(c: Context<AppEnv>): Promise<void> {
  if (c.req.method === 'HEAD') return // asks whether there is an image, and loads none
  const receivedAt = new Date()
  const type = EVENT_TYPES.find((each) => each === c.req.param('type'))
  const query = new URL(c.req.url).searchParams
  const call = readPixel(query)
  if (type === undefined || call === null) return void (await countDiscard(c, 'malformed_pixel'))
  const { writeKey: own, ...envelope } = readCall(call, type)
  const writeKey = chooseWriteKey([own, query.get('writeKey')])
  if (writeKey === null) return void (await countDiscard(c, 'invalid_write_key'))
  const admission = await admit(c, writeKey, { isRepeatable: false })
  if (admission.kind === 'limited')
    return reportLost(c, 'nobody owns its key, and its address sent many')
  const automation = readMailProxy(c.req.header('user-agent') ?? null)
  const facts = readFacts(c, { isClientPath: true, automation })
  const appended = await collect(c, admission, { writeKey, envelope, receivedAt, facts })
  if (appended !== 'durable') reportLost(c, 'the log does not answer')
}

function reportLost(c: Context<AppEnv>, why: string): void {
  reportFailure('PIXEL_LOST', { path: c.req.path }, why)
}
