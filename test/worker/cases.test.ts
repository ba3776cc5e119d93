// Real-world cases of collectors, each as the kind of fault it stands for.
import { reset } from 'cloudflare:test'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Collector, WRITE_KEY } from '../support/collector.ts'
import { track } from '../support/events.ts'
import { workspace } from '../support/mocked-workspace.ts'
import { source } from '../support/workspace.ts'

vi.mock(
  '../../durable-objects/workspace/fixed-workspace.ts',
  () => import('../support/mocked-workspace.ts'),
)

const NOON = '2046-11-25T12:00:00.000Z'
const SERVER_KEY = 'server-write-key-0000000000000000'
const basic = (user: string) => ({ authorization: `Basic ${btoa(user)}` })
let collector: Collector

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date(NOON) })
  vi.spyOn(console, 'error').mockReturnValue()
  workspace.has(source(), source({ id: 'backend', writeKeys: [SERVER_KEY] }))
  collector = new Collector(workspace)
})
afterEach(async () => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  await reset()
})

// The clock of these tests is far ahead: an alarm set in the past rings at once, for real.
describe('C2, holes and non-objects in a batch', () => {
  it('are 400 where they are invalid JSON', async () => {
    const body = `{"batch":[, , ,],"writeKey":"${WRITE_KEY}"}`
    const response = await collector.send('/v1/batch', { method: 'POST', body })
    expect(response.status).toBe(400)
  })

  it.each([null, 7, 'x', true, [], [[]], [null]])(
    'are counted discards beside a good sibling: %j',
    async (hole) => {
      expect((await collector.batch(hole, track(), hole)).status).toBe(200)
      expect(await collector.archived()).toHaveLength(1)
      expect(await collector.totals()).toMatchObject({ discards: { UNSUPPORTED_EVENT_TYPE: 2 } })
    },
  )

  it.each([
    ['an empty list', { batch: [] }],
    ['an object', { batch: {} }],
    ['a text', { batch: 'x' }],
    ['null', { batch: null }],
    ['nothing', {}],
  ])('a batch that is %s is 200 and one discard', async (_, body) => {
    const response = await collector.post('/v1/batch', { writeKey: WRITE_KEY, ...body })
    expect(response.status).toBe(200)
    expect(await collector.totals()).toMatchObject({ events: 0, discards: { empty_batch: 1 } })
  })
})

describe('C3, one bad event', () => {
  it('poisons no sibling, and the same bytes again are duplicates and no new events', async () => {
    const batch = [
      track({ messageId: 'first' }),
      { type: 'track', event: 'E', messageId: 'no-ids' },
      track({ event: undefined, messageId: 'no-event' }),
      track({ properties: 'x', messageId: 'no-object' }),
      track({ messageId: 'last' }),
    ]
    await collector.batch(...batch)
    await collector.batch(...batch)
    expect(await collector.archived()).toHaveLength(2)
    expect(await collector.totals()).toMatchObject({ events: 2, duplicates: 2 })
  })
})

describe('C4, U+0000 and other characters that stores stumble over', () => {
  it.each(['a\u0000b@example.com', '\u0000', '\u2028', '\ud800', '😀', '\\u0000', '"\n\r\t'])(
    'stay in the line: %j',
    async (text) => {
      await collector.batch(
        { type: 'identify', userId: 'ada', traits: { email: text }, messageId: text },
        track({ messageId: 'after' }),
      )
      const [first, second] = await collector.archived()
      expect(first).toMatchObject({ traits: { email: text }, messageId: text })
      expect(second).toMatchObject({ messageId: 'after' })
    },
  )
})

describe('C9, clocks', () => {
  it('takes one time of receipt before a body that stalls for 30 s, so that no event shifts', async () => {
    const body = new TextEncoder().encode(
      JSON.stringify({
        writeKey: WRITE_KEY,
        sentAt: NOON,
        batch: [track({ timestamp: '2046-11-25T11:59:50.000Z' }), track({ timestamp: NOON })],
      }),
    )
    const source = {
      pull(controller: ReadableStreamDefaultController) {
        vi.setSystemTime(Date.now() + 30_000)
        controller.enqueue(body)
        controller.close()
      },
    }
    const stalled = new ReadableStream(source, { highWaterMark: 0 })
    await collector.send('/v1/batch', { method: 'POST', body: stalled })
    expect(await collector.archived()).toMatchObject([
      { receivedAt: NOON, timestamp: '2046-11-25T11:59:50.000Z' },
      { receivedAt: NOON, timestamp: NOON },
    ])
  })

  it.each([
    [
      'two years ahead',
      '2048-11-25T12:00:00.000Z',
      '2048-11-25T11:59:55.000Z',
      '2046-11-25T11:59:55.000Z',
    ],
    ['a year behind, spoofed', '2045-11-25T12:00:00.000Z', NOON, '2047-11-25T12:00:00.000Z'],
  ])('corrects a client that is %s and clamps nothing', async (_, sentAt, timestamp, corrected) => {
    const batch = [track({ timestamp })]
    await collector.post('/v1/batch', { writeKey: WRITE_KEY, sentAt, batch })
    expect(await collector.archived()).toMatchObject([
      { timestamp: corrected, originalTimestamp: timestamp },
    ])
  })
})

describe('C10, events without any time', () => {
  it('get the time of receipt, no invented originalTimestamp, and keep the order of the list', async () => {
    const batch = Array.from({ length: 11 }, (_, n) => track({ properties: { n } }))
    await collector.batch(...batch)
    const archived = await collector.archived()
    expect(archived.map(({ properties }) => properties)).toEqual(batch.map((e) => e.properties))
    expect(archived.every(({ timestamp }) => timestamp === NOON)).toBe(true)
    expect(archived.some((line) => 'originalTimestamp' in line || 'sentAt' in line)).toBe(false)
  })
})

describe('C12, one messageId in two sources', () => {
  it('is two events, and a duplicate only where it was before', async () => {
    const event = track({ messageId: 'copied' })
    for (const writeKey of [WRITE_KEY, SERVER_KEY, WRITE_KEY]) {
      await collector.post('/v1/track', { ...event, writeKey })
    }
    expect(await collector.archived('shop')).toHaveLength(1)
    expect(await collector.archived('backend')).toHaveLength(1)
    expect(await collector.totals('shop')).toMatchObject({ events: 1, duplicates: 1 })
  })
})

describe('C16, whose address', () => {
  const EDGE = { 'cf-connecting-ip': '203.0.113.77' }
  const FORWARDED = { 'x-forwarded-for': '198.51.100.7, 10.0.0.1', 'x-real-ip': '198.51.100.8' }
  async function ipOf(path: string, context: object | undefined, headers: object = EDGE) {
    const event = { ...track(), context, writeKey: WRITE_KEY }
    await collector.post(path, event, { ...headers, ...FORWARDED })
    const [line] = await collector.archived()
    return (line?.context as { ip?: unknown } | undefined)?.ip
  }

  it.each([
    ['the connecting one, never a forwarded one', undefined, '203.0.113.77'],
    ['the one of the payload', { ip: '192.0.2.1' }, '192.0.2.1'],
    ['0.0.0.0 if the payload says so, which keeps the real one out', { ip: '0.0.0.0' }, '0.0.0.0'],
    ['the connecting one, if the payload has an empty one', { ip: '' }, '203.0.113.77'],
    ['the connecting one, if the payload has null', { ip: null }, '203.0.113.77'],
  ])('of a browser is %s', async (_, context, ip) => {
    expect(await ipOf('/v1/t', context)).toBe(ip)
  })

  it('of a browser may be IPv6', async () => {
    expect(await ipOf('/v1/t', undefined, { 'cf-connecting-ip': '2001:db8::7' })).toBe(
      '2001:db8::7',
    )
  })

  it.each([
    ['no', undefined, undefined],
    ['no, though a proxy forwards one,', {}, undefined],
    ['the payload’s', { ip: '192.0.2.1' }, '192.0.2.1'],
    ['with `direct` the connecting', { direct: true }, '203.0.113.77'],
  ])('of a server gets %s address', async (_, context, ip) => {
    expect(await ipOf('/v1/track', context)).toBe(ip)
  })
})

describe('C18, error bodies and empty keys', () => {
  it.each([
    ['Basic with an empty user', { batch: [track()] }, basic(':')],
    ['an empty key in the body', { writeKey: '', batch: [track()] }, {}],
    ['no key at all', { batch: [track()] }, {}],
  ])('answers %s with success, code, message and error', async (_, body, headers) => {
    const response = await collector.post('/v1/batch', body, headers)
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({
      success: false,
      code: 'invalid_request',
      message: expect.stringContaining('write key'),
      error: expect.stringContaining('write key'),
    })
  })

  it('answers invalid JSON under a good key so, and keeps the bytes', async () => {
    const headers = basic(`${WRITE_KEY}:`)
    const response = await collector.send('/v1/batch', {
      method: 'POST',
      headers,
      body: '{"batch":',
    })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ success: false, code: 'invalid_request' })
  })

  it('takes Basic of the bare key, and the header where the body has an empty key', async () => {
    await collector.post('/v1/batch', { batch: [track()] }, basic(WRITE_KEY))
    await collector.post('/v1/batch', { writeKey: '', batch: [track()] }, basic(`${WRITE_KEY}:`))
    expect(await collector.archived()).toHaveLength(2)
  })
})

describe('B1, the preflight of analytics.js since 1.84', () => {
  const ASKED = ['authorization', 'content-type', 'x-retry-count']
  const ORIGIN = 'https://shop.example.com'

  const settings = `/v1/projects/${WRITE_KEY}/settings`
  const ours = [
    '/x7k/b',
    '/x7k/m',
    `/x7k/k/${WRITE_KEY}/t`,
    `/v1/k/${WRITE_KEY}/b`,
    `/x7k${settings}`,
  ]

  it.each(['/v1/t', '/v1/b', '/v1/m', settings, ...ours])(
    'of %s names each header, and may be kept',
    async (path) => {
      const response = await collector.send(path, {
        method: 'OPTIONS',
        headers: {
          origin: ORIGIN,
          'access-control-request-method': 'POST',
          'access-control-request-headers': ASKED.join(','),
        },
      })
      expect(response.status).toBe(204)
      const allowed = response.headers.get('access-control-allow-headers')?.toLowerCase().split(',')
      expect(allowed).toEqual(expect.arrayContaining(ASKED))
      expect(Number(response.headers.get('access-control-max-age'))).toBeGreaterThan(0)
    },
  )

  it('allows the headers that an SDK was told to send besides', async () => {
    const response = await collector.send('/v1/b', {
      method: 'OPTIONS',
      headers: { origin: ORIGIN, 'access-control-request-headers': 'content-type, X-Tenant' },
    })
    expect(response.headers.get('access-control-allow-headers')).toContain('X-Tenant')
  })

  it.each([
    ['200', '/v1/t', { ...track(), writeKey: WRITE_KEY }],
    ['400', '/v1/t', {}],
    ['404', '/v1/nothing', {}],
    ['405', '/v1/t', null],
  ])('an answer of %s can be read with its waiting times', async (status, path, body) => {
    const headers = { origin: ORIGIN }
    const response = await (body === null
      ? collector.send(path, { headers })
      : collector.post(path, body, headers))
    expect(response.status).toBe(Number(status))
    expect(response.headers.get('access-control-allow-origin')).toBe(ORIGIN)
    expect(response.headers.get('access-control-expose-headers')).toBe(
      'Retry-After,X-RateLimit-Reset',
    )
  })

  it.each(['/api/sources', '/v1/spaces/default/collections/users/profiles/x/traits', '/'])(
    '%s is no business of other origins',
    async (path) => {
      const { headers } = await collector.send(path, { headers: { origin: ORIGIN } })
      expect(headers.get('access-control-allow-origin')).toBeNull()
    },
  )
})
