import { type Context, Hono } from 'hono'
import { cors } from 'hono/cors'
import { findSource, type Snapshot, UNVERIFIED } from '../../durable-objects/workspace/snapshot.ts'
import { appendSegments } from '../accept/append.ts'
import { hashText, randomHash } from '../accept/hash-text.ts'
import { answerError } from '../answers.ts'
import type { AppEnv } from '../app-env.ts'
import type { DiscardReason } from '../event/discard.ts'
import { type Envelope, type Item, readBatch, readCall } from '../event/envelope.ts'
import { MAX_BATCH_ITEMS } from '../event/limits.ts'
import { packItems } from '../event/pack.ts'
import type { EventType, JsonObject } from '../event/schema.ts'
import { isPlausibleKey, readBasicUser } from '../event/write-key.ts'
import { readBody } from '../middleware/read-body.ts'
import { readSnapshot } from '../middleware/read-snapshot.ts'

const PREFLIGHT_SECONDS = 7_200

const CALLS: { readonly [path: string]: EventType } = {
  track: 'track',
  t: 'track',
  identify: 'identify',
  i: 'identify',
  page: 'page',
  p: 'page',
  screen: 'screen',
  s: 'screen',
  group: 'group',
  g: 'group',
  alias: 'alias',
  a: 'alias',
}
const BATCHES = ['batch', 'b', 'import']

/** The Tracking API: `POST /v1/…`, with or without a slash at the end (Java's SDK sends one). */
export function trackingRoutes(): Hono<AppEnv> {
  const routes = new Hono<AppEnv>()
  for (const [path, type] of Object.entries(CALLS)) {
    const collectCall = (c: Context<AppEnv>) => collect(c, (body) => readCall(body, type))
    routes.use(`/${path}`, trackingCors()).post(`/${path}`, collectCall)
  }
  for (const path of BATCHES) {
    routes.use(`/${path}`, trackingCors()).post(`/${path}`, (c) => collect(c, readBatch))
  }
  // Browser and mobile SDKs post their own health figures here; nothing is kept of them yet.
  routes.use('/m', trackingCors()).post('/m', (c) => c.json({ success: true }))
  return routes
}

/** Headers are named one by one: `*` does not cover Authorization, which SDKs send since 1.84. */
function trackingCors() {
  return cors({
    origin: '*',
    allowMethods: ['POST', 'GET', 'OPTIONS'],
    allowHeaders: ['Authorization', 'Content-Type', 'X-Retry-Count'],
    exposeHeaders: ['Retry-After', 'X-RateLimit-Reset'],
    maxAge: PREFLIGHT_SECONDS,
  })
}

async function collect(c: Context<AppEnv>, readEnvelope: (body: JsonObject) => Envelope) {
  const receivedAt = new Date() // before the body is read: a stalled upload shifts no clock
  const read = await readBody(c.req.raw)
  if ('fault' in read) return answerError(c, 400, { code: 'invalid_request', message: read.fault })
  const { batch } = read.body
  if (Array.isArray(batch) && batch.length > MAX_BATCH_ITEMS) {
    const message = `batch of ${batch.length} items exceeds ${MAX_BATCH_ITEMS}`
    return answerError(c, 400, { code: 'invalid_request', message })
  }
  const envelope = readEnvelope(read.body)
  const authorization = c.req.header('authorization') ?? null
  const writeKey = envelope.writeKey || readBasicUser(authorization)
  if (!isPlausibleKey(writeKey)) {
    const message = 'no write key, or one that cannot be a write key'
    return answerError(c, 400, { code: 'invalid_request', message })
  }
  const { source, items } = admit(await readSnapshot(c), writeKey, envelope.items)
  const segments = packItems(items, {
    source,
    stamp: { receivedAt, sentAt: envelope.sentAt, newMessageId: () => crypto.randomUUID() },
    hash: hashText,
    newSegmentId: randomHash,
  })
  const appended = await appendSegments(c.env, `${source}:any:0`, segments)
  if (appended === 'durable') return c.json({ success: true })
  const message = 'the event log does not answer; please send this again'
  return answerError(c, 503, { code: 'unavailable', message })
}

/** Unknown keys and disabled sources are answered like all others; their items become discards. */
function admit(snapshot: Snapshot, writeKey: string, items: readonly Item[]) {
  const source = findSource(snapshot, writeKey)
  if (source === undefined)
    return { source: UNVERIFIED, items: discardAll(items, 'unknown_source') }
  if (!source.enabled) return { source: source.id, items: discardAll(items, 'source_disabled') }
  return { source: source.id, items }
}

function discardAll(items: readonly Item[], reason: DiscardReason): Item[] {
  return items.map((item) =>
    item.kind === 'event' ? { kind: 'discard', reason, value: item.event } : item,
  )
}
