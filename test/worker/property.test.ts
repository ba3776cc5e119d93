// Whatever is sent: an answer as the contract says, and nothing lost beside a bad item.
import { reset } from 'cloudflare:test'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { isJsonObject, type JsonObject } from '../../worker/event/json.ts'
import { EVENT_TYPES } from '../../worker/event/schema.ts'
import { Collector, gzip, WRITE_KEY } from '../support/collector.ts'
import { expectIntact } from '../support/intact.ts'
import { workspace } from '../support/mocked-workspace.ts'
import { source } from '../support/workspace.ts'

vi.mock(
  '../../durable-objects/workspace/fixed-workspace.ts',
  () => import('../support/mocked-workspace.ts'),
)

const PATHS = ['batch', 'b', 'import/', 'track', 't', 'identify', 'page', 's', 'g', 'alias', 'm']
/** Hundreds of requests, on a machine that may be busy. */
const PROPERTY_MS = 60_000
const ANSWERS = [200, 302, 400, 404, 405, 429]
let collector: Collector

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2046-11-25T12:00:00Z') })
  vi.spyOn(console, 'error').mockReturnValue()
  workspace.has(source())
  collector = new Collector(workspace)
})
afterEach(async () => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  await reset()
})

/** A header value: what HTTP allows. */
const headerValue = fc.stringMatching(/^[\x21-\x7e]{0,40}$/)
const headers = fc.record(
  {
    authorization: fc.oneof(
      headerValue,
      headerValue.map((text) => `Basic ${btoa(text)}`),
    ),
    'content-type': headerValue,
    'content-encoding': fc.oneof(fc.constantFrom('gzip', 'br', 'deflate', 'identity'), headerValue),
    'user-agent': headerValue,
    'cf-connecting-ip': headerValue,
    origin: headerValue,
    'access-control-request-headers': headerValue,
    cookie: headerValue,
    'x-retry-count': headerValue,
  },
  { requiredKeys: [] },
)
const writeKey = fc.oneof(
  fc.constant(WRITE_KEY),
  fc.json().map(JSON.parse),
  fc.constant('u'.repeat(32)),
)
/** Keys that mean something, beside any others. */
const field = fc.constantFrom(
  ...['type', 'event', 'userId', 'anonymousId', 'user_id', 'groupId', 'previousId', 'name'],
  ...['messageId', 'timestamp', 'originalTimestamp', 'sentAt', 'context', 'integrations'],
  ...['properties', 'traits', 'channel', '_metadata', '__proto__', 'constructor', 'toJSON'],
)
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.constantFrom('track', 'identify', 'group', '', '2046-11-25T11:00:00Z', 0, -0, null, 1e308),
)
const junk: fc.Arbitrary<unknown> = fc.oneof(
  value,
  fc.dictionary(fc.oneof(field, fc.string()), value, { maxKeys: 8 }),
)
const body = fc.oneof(
  junk.map((json) => JSON.stringify(json) ?? ''),
  fc
    .record({
      writeKey,
      batch: fc.oneof(junk, fc.array(junk)),
      context: junk,
      integrations: junk,
      sentAt: junk,
    })
    .map((json) => JSON.stringify(json)),
  fc.string(),
  fc.uint8Array({ maxLength: 200 }),
)

async function expectAnswer(response: Response, seen: string): Promise<void> {
  expect(ANSWERS, seen).toContain(response.status)
  const type = response.headers.get('content-type') ?? ''
  if (response.status === 302 || type === 'image/gif') return
  const answer = await response.json<JsonObject>()
  expect(answer.success, seen).toBe(response.status === 200)
  if (response.status >= 400) {
    expect(answer).toMatchObject({ code: expect.any(String), error: answer.message })
  }
}

/** The clock goes on, so that no append waits for others: in a clock that stands all come together. */
const goOn = () => vi.setSystemTime(Date.now() + 1_000)

describe('any request', () => {
  it(
    'is answered as JSON, and never with 5xx',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...PATHS),
          body,
          headers,
          fc.boolean(),
          async (path, sent, given, isGzip) => {
            const text = typeof sent === 'string' ? sent : new TextDecoder('latin1').decode(sent)
            const bytes = isGzip ? await gzip(text) : typeof sent === 'string' ? sent : sent.slice()
            const init = { method: 'POST', headers: given, body: bytes }
            goOn()
            await expectAnswer(await collector.send(`/v1/${path}`, init), path)
          },
        ),
        { numRuns: 300 },
      )
    },
    PROPERTY_MS,
  )

  it(
    'for a pixel is answered with a GIF, for a link with a GIF, a redirect or JSON',
    async () => {
      const query = fc.dictionary(
        fc.oneof(
          fc.constantFrom(
            'data',
            'writeKey',
            'redirect',
            'userId',
            'event',
            'ajs_uid',
            'ajs_event',
          ),
          fc.string().map((name) => `properties.${name}`),
          fc.string().map((name) => `ajs_prop_${name}`),
          fc.string(),
        ),
        fc.oneof(
          fc.string(),
          fc.constant(WRITE_KEY),
          junk.map((json) => btoa(encodeURIComponent(JSON.stringify(json) ?? ''))),
        ),
      )
      await fc.assert(
        fc.asyncProperty(query, headers, async (fields, given) => {
          const search = new URLSearchParams(fields).toString()
          goOn()
          const pixel = await collector.send(`/v1/pixel/track?${search}`, { headers: given })
          expect([pixel.status, pixel.headers.get('content-type')]).toEqual([200, 'image/gif'])
          goOn()
          const link = await collector.send(`/v1/querystring?${search}`, { headers: given })
          await expectAnswer(link, search)
        }),
        { numRuns: 150 },
      )
    },
    PROPERTY_MS,
  )

  it(
    'to any path and method is answered, and never with 5xx',
    async () => {
      const path = fc.array(
        fc.oneof(fc.constantFrom('v1', 'b', 'pixel', 'projects', 'settings'), fc.string()),
      )
      const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD')
      await fc.assert(
        fc.asyncProperty(path, method, async (parts, given) => {
          const response = await collector.send(`/${parts.map(encodeURIComponent).join('/')}`, {
            method: given,
          })
          expect(response.status).toBeLessThan(500)
        }),
        { numRuns: 150 },
      )
    },
    PROPERTY_MS,
  )
})

describe('any batch', () => {
  const good = fc.record({
    type: fc.constant('track'),
    event: fc.string({ minLength: 1 }),
    userId: fc.string({ minLength: 1 }),
    messageId: fc.uuid(),
    properties: fc.dictionary(fc.string(), value, { maxKeys: 5 }),
    integrations: fc.dictionary(fc.string(), fc.boolean(), { maxKeys: 2 }),
    context: fc
      .dictionary(fc.string(), value, { maxKeys: 3 })
      .filter((context) => !('ip' in context)),
  })

  it(
    'archives each good event once and intact, and counts whatever else was in it',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.oneof(good, junk.filter(isNoEvent)), { minLength: 1, maxLength: 12 }),
          async (items) => {
            await reset()
            // As the wire has it: -0 and lone surrogates change there, not here.
            const sent = JSON.parse(JSON.stringify(items)) as unknown[]
            expect((await collector.batch(...sent)).status).toBe(200)
            const events = sent.filter((item): item is JsonObject => !isNoEvent(item))
            const archived = await collector.archived()
            expect(archived).toHaveLength(events.length)
            for (const [index, event] of events.entries())
              expectIntact(event, archived[index] ?? {})
            const { discards } = await collector.totals()
            const discarded = Object.values(discards).reduce((sum, count) => sum + count, 0)
            expect(discarded).toBe(sent.length - events.length)
          },
        ),
        { numRuns: 60 },
      )
    },
    PROPERTY_MS,
  )

  /** What no reader could take for one of the six calls. */
  function isNoEvent(item: unknown): boolean {
    return !isJsonObject(item) || !EVENT_TYPES.some((type) => type === item.type)
  }
})
