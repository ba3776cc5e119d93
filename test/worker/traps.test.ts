// What a naive copy of Segment gets wrong (contract, section 11), as far as the collector goes.
import { reset } from 'cloudflare:test'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Collector, gzip, WRITE_KEY } from '../support/collector.ts'
import { track } from '../support/events.ts'
import { workspace } from '../support/mocked-workspace.ts'
import { source } from '../support/workspace.ts'

vi.mock(
  '../../durable-objects/workspace/fixed-workspace.ts',
  () => import('../support/mocked-workspace.ts'),
)

const keyed = (fields = {}) => ({ ...track(fields), writeKey: WRITE_KEY })
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

const PATHS = [
  ...['track', 'identify', 'page', 'screen', 'group', 'alias'],
  ...['t', 'i', 'p', 's', 'g', 'a'],
  ...['b', 'batch', 'import', 'm'],
].map((path) => `/v1/${path}`)

describe('trap', () => {
  it.each(PATHS)('1: 202 or 204, which make PHP loop and Python send again: %s', async (path) => {
    const response = await collector.post(path, { ...keyed(), batch: [track()] })
    expect(response.status).toBe(200)
  })

  it.each([
    ['200', '/v1/track', keyed()],
    ['400', '/v1/track', []],
    ['404', '/v1/nowhere', {}],
    ['405', '/v1/track', null],
  ])('2: a body that is no JSON, which Ruby sends again: %s', async (status, path, body) => {
    const response = await (body === null ? collector.send(path) : collector.post(path, body))
    expect(response.status).toBe(Number(status))
    expect(response.headers.get('content-type')).toContain('application/json')
    expect(await response.json()).toHaveProperty('success', status === '200')
  })

  it('3: an error without code and message, which Python sends again', async () => {
    const response = await collector.post('/v1/track', {})
    expect(Object.keys(await response.json<object>()).sort()).toEqual([
      'code',
      'error',
      'message',
      'success',
    ])
  })

  it.each([
    ['an unknown key', { ...track(), writeKey: 'u'.repeat(32) }],
    ['missing ids', { event: 'E', writeKey: WRITE_KEY }],
    ['a missing name', keyed({ event: undefined })],
  ])('4: 4xx for %s, which Go sends ten times', async (_, body) => {
    expect((await collector.post('/v1/track', body)).status).toBe(200)
  })

  it('4: 4xx for a disabled source', async () => {
    workspace.has(source({ enabled: false }))
    expect((await collector.post('/v1/track', keyed())).status).toBe(200)
    expect(await collector.totals()).toMatchObject({ discards: { source_disabled: 1 } })
  })

  it('5 and 6: CORS by `*`, and waiting times that browsers cannot read', async () => {
    const headers = { origin: 'https://shop.example.com', 'access-control-request-method': 'POST' }
    const preflight = await collector.send('/v1/t', { method: 'OPTIONS', headers })
    expect(preflight.headers.get('access-control-allow-headers')).toContain('Authorization')
    const { headers: answered } = await collector.post('/v1/t', keyed(), headers)
    expect(answered.get('access-control-expose-headers')).toBe('Retry-After,X-RateLimit-Reset')
  })

  it('6: a cookie-bearing SDK gets its origin named, or the browser hides the answer', async () => {
    const { headers } = await collector.post('/v1/t', keyed(), { origin: 'https://a.example' })
    expect(headers.get('access-control-allow-origin')).toBe('https://a.example')
    expect(headers.get('access-control-allow-credentials')).toBe('true')
  })

  it.each([
    ['text/plain', {}],
    ['application/x-www-form-urlencoded, as gzip, as Rudder', { 'content-encoding': 'gzip' }],
    ['application/octet-stream, as gzip that no header names', {}],
    ['application/json, said to be gzip and none', { 'content-encoding': 'gzip' }],
  ])('7: wanting application/json and a length: %s', async (type, headers) => {
    const text = JSON.stringify(keyed())
    const bytes = type.includes('as gzip') ? await gzip(text) : new TextEncoder().encode(text)
    const half = bytes.length >> 1
    const body = new ReadableStream({
      start(controller) {
        for (const part of [bytes.subarray(0, half), bytes.subarray(half)]) controller.enqueue(part)
        controller.close()
      },
    })
    const sent = { 'content-type': type.split(',')[0] ?? '', ...headers }
    await collector.send('/v1/track', { method: 'POST', headers: sent, body })
    expect(await collector.archived()).toHaveLength(1)
  })

  it.each(['/v1/batch', '/v1/b', '/v1/import', '/v1/import/', '/b', '/b/', '/beacon/v1/batch'])(
    '8: batches on one path only: %s',
    async (path) => {
      await collector.post(`${path}?writeKey=${WRITE_KEY}`, { batch: [track()] })
      expect(await collector.archived()).toHaveLength(1)
    },
  )

  it.each([
    ['in the body, at its end', '', {}, true],
    ['as Basic only', '', { authorization: `Basic ${btoa(`${WRITE_KEY}:`)}` }, false],
    ['in the query only', `?writeKey=${WRITE_KEY}`, {}, false],
    ['in the body, beside a Bearer token', '', { authorization: 'Bearer token' }, true],
  ])('9: authenticating before parsing: the key %s', async (_, query, headers, isInBody) => {
    const body = { batch: [track()], sentAt: null, ...(isInBody ? { writeKey: WRITE_KEY } : {}) }
    await collector.post(`/v1/b${query}`, body, headers)
    expect(await collector.archived()).toHaveLength(1)
  })

  it('9: the key of the body counts before the one of the header', async () => {
    const headers = { authorization: `Basic ${btoa(`${'u'.repeat(32)}:`)}` }
    await collector.post('/v1/t', keyed(), headers)
    expect(await collector.archived()).toHaveLength(1)
  })

  it.each([
    { userId: null, anonymousId: 'a' },
    { userId: 'u', anonymousId: null },
    { userId: '', anonymousId: 'a' },
  ])('10: taking an explicit null, or Rudder’s empty id, for a wrong type: %j', async (ids) => {
    await collector.batch({ type: 'track', event: 'E', ...ids })
    expect(await collector.archived()).toMatchObject([ids])
  })

  it('10: taking Kotlin’s empty category for a wrong type', async () => {
    await collector.batch({ type: 'screen', name: 'Cart', category: '', userId: 'u' })
    expect(await collector.archived()).toMatchObject([{ category: '' }])
  })

  it('12: correcting the clock by event, where a batch has one sentAt', async () => {
    const batch = [
      track({ timestamp: '2046-11-25T10:00:00.000Z' }),
      track({ timestamp: '2046-11-25T10:00:01.000Z' }),
    ]
    const sentAt = '2046-11-25T10:00:02.000Z'
    await collector.post('/v1/batch', { writeKey: WRITE_KEY, sentAt, batch })
    expect(await collector.archived()).toMatchObject([
      { timestamp: '2046-11-25T11:59:58.000Z', originalTimestamp: '2046-11-25T10:00:00.000Z' },
      { timestamp: '2046-11-25T11:59:59.000Z', originalTimestamp: '2046-11-25T10:00:01.000Z' },
    ])
  })

  it('12: letting a sentAt of a wrong type hide the one of the item', async () => {
    const event = track({ timestamp: '2046-11-25T10:00:00Z', sentAt: '2046-11-25T10:00:05Z' })
    await collector.post('/v1/batch', { writeKey: WRITE_KEY, sentAt: 5, batch: [event] })
    expect(await collector.archived()).toMatchObject([{ timestamp: '2046-11-25T11:59:55.000Z' }])
  })

  it('12: forgetting that Rudder’s browser SDK sends its time as originalTimestamp', async () => {
    const originalTimestamp = '2046-11-25T10:00:00.000Z'
    await collector.batch(track({ originalTimestamp, sentAt: '2046-11-25T10:00:02.000Z' }))
    expect(await collector.archived()).toMatchObject([
      { timestamp: '2046-11-25T11:59:58.000Z', originalTimestamp },
    ])
  })

  it('13: stamping a server’s address on its users', async () => {
    const headers = { 'cf-connecting-ip': '203.0.113.77' }
    await collector.post('/v1/batch', { writeKey: WRITE_KEY, batch: [track()] }, headers)
    expect(await collector.archived()).not.toMatchObject([{ context: expect.anything() }])
  })

  it('21: comparing anything but the messageId', async () => {
    await collector.batch(track({ messageId: 'a' }), track({ messageId: 'b' }))
    await collector.batch(track({ messageId: 'a', event: 'Another' }))
    expect(await collector.archived()).toHaveLength(2)
  })
})
