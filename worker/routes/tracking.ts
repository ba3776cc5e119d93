import { type Context, Hono } from 'hono'
import { admit } from '../accept/admit.ts'
import { collect, countDiscard } from '../accept/collect.ts'
import { isAddressWithin } from '../accept/limit.ts'
import { quarantine } from '../accept/quarantine.ts'
import { readFacts } from '../accept/read-facts.ts'
import { answerError, answerLimited, answerUnavailable } from '../answers.ts'
import type { AppEnv } from '../app-env.ts'
import { type Envelope, readBatch, readCall } from '../event/envelope.ts'
import type { JsonObject } from '../event/json.ts'
import { MAX_BATCH_ITEMS } from '../event/limits.ts'
import type { EventType } from '../event/schema.ts'
import { chooseWriteKey, readBasicUser } from '../event/write-key.ts'
import { drainBody, readBody } from '../middleware/read-body.ts'

const CALLS: { readonly [path: string]: EventType } = {
  '/v1/track': 'track',
  '/v1/t': 'track',
  '/v1/identify': 'identify',
  '/v1/i': 'identify',
  '/v1/page': 'page',
  '/v1/p': 'page',
  '/v1/screen': 'screen',
  '/v1/s': 'screen',
  '/v1/group': 'group',
  '/v1/g': 'group',
  '/v1/alias': 'alias',
  '/v1/a': 'alias',
}
/** The letters that analytics.js puts behind the address it was given. */
const LETTERS: readonly EventType[] = ['track', 'identify', 'page', 'screen', 'group', 'alias']
const BATCHES = ['/v1/batch', '/v1/b', '/v1/import', '/b', '/beacon/v1/batch']
/** Paths of servers; all others are those of browsers and apps (contract, section 2.4). */
const SERVER_PATHS = new Set([
  '/v1/batch',
  '/v1/import',
  ...Object.keys(CALLS).filter((path) => path.length > '/v1/t'.length),
])

/** A path of the Tracking API: how its body is read, and who calls it. */
interface Endpoint {
  readonly readEnvelope: (body: JsonObject) => Envelope
  readonly isClientPath: boolean
}

/**
 * The Tracking API: `POST /v1/…`, with or without a slash at the end (Java's SDK sends one); React
 * Native's proxy posts to `/b`, Rudder's beacon to `/beacon/v1/batch`.
 */
export function trackingRoutes(): Hono<AppEnv> {
  const routes = new Hono<AppEnv>()
  for (const [path, type] of Object.entries(CALLS)) {
    const readEnvelope = (body: JsonObject) => readCall(body, type)
    add(routes, path, { readEnvelope, isClientPath: !SERVER_PATHS.has(path) })
  }
  for (const path of BATCHES) {
    add(routes, path, { readEnvelope: readBatch, isClientPath: !SERVER_PATHS.has(path) })
  }
  return routes.post('/v1/m', collectTelemetry).all('/v1/m', answerWrongMethod)
}

/**
 * `/b /t /i /p /s /g /a /m` below an address that analytics.js was given as its `apiHost`. With the key
 * in that address (`:key`) its unpatched npm build sends no Authorization, and so asks for no preflight.
 */
export function browserTrackingRoutes(): Hono<AppEnv> {
  const routes = new Hono<AppEnv>()
  for (const type of LETTERS) {
    const readEnvelope = (body: JsonObject) => readCall(body, type)
    add(routes, `/${type.slice(0, 1)}`, { readEnvelope, isClientPath: true })
  }
  add(routes, '/b', { readEnvelope: readBatch, isClientPath: true })
  return routes.post('/m', collectTelemetry).all('/m', answerWrongMethod)
}

function add(routes: Hono<AppEnv>, path: string, endpoint: Endpoint): void {
  routes.post(path, (c) => collectPost(c, endpoint)).all(path, answerWrongMethod)
}

async function collectPost(c: Context<AppEnv>, { readEnvelope, isClientPath }: Endpoint) {
  const receivedAt = new Date() // before the body is read: a stalled upload shifts no clock
  if (!(await isAddressWithin(c))) return refuseUnread(c)
  const read = await readBody(c.req.raw)
  if ('fault' in read) {
    const counted = await countDiscard(c, 'malformed_body')
    if (read.unreadable !== null && counted !== 'limited') await quarantine(c, read.unreadable)
    return answerInvalid(c, read.fault)
  }
  const { batch } = read.body
  if (Array.isArray(batch) && batch.length > MAX_BATCH_ITEMS) {
    return answerInvalid(c, `batch of ${batch.length} items exceeds ${MAX_BATCH_ITEMS}`)
  }
  const { writeKey: own, ...envelope } = readEnvelope(read.body)
  const basic = readBasicUser(c.req.header('authorization') ?? null)
  const writeKey = chooseWriteKey([own, basic, c.req.param('key'), c.req.query('writeKey')])
  if (writeKey === null) return answerInvalid(c, 'no write key, or one that cannot be a write key')
  const admission = await admit(c, writeKey, { isRepeatable: true })
  if (admission.kind === 'limited') return answerLimited(c)
  const facts = readFacts(c, { isClientPath })
  const appended = await collect(c, admission, { writeKey, envelope, receivedAt, facts })
  return appended === 'durable' ? c.json({ success: true }) : answerUnavailable(c)
}

/** Browser and mobile SDKs post their own health figures here: counted, and not kept. */
async function collectTelemetry(c: Context<AppEnv>): Promise<Response> {
  if (!(await isAddressWithin(c))) return refuseUnread(c)
  await drainBody(c.req.raw)
  const counted = await countDiscard(c, 'telemetry')
  if (counted === 'limited') return answerLimited(c)
  return counted === 'durable' ? c.json({ success: true }) : answerUnavailable(c)
}

async function refuseUnread(c: Context<AppEnv>): Promise<Response> {
  await drainBody(c.req.raw)
  return answerLimited(c)
}

const answerInvalid = (c: Context<AppEnv>, message: string): Response =>
  answerError(c, 400, { code: 'invalid_request', message })

async function answerWrongMethod(c: Context<AppEnv>): Promise<Response> {
  await drainBody(c.req.raw)
  c.header('Allow', 'POST, OPTIONS')
  return answerError(c, 405, { code: 'method_not_allowed', message: 'events are sent by POST' })
}
