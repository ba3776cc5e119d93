import { reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Collector, WRITE_KEY } from '../support/collector.ts'
import { track } from '../support/events.ts'
import { workspace } from '../support/mocked-workspace.ts'
import { source } from '../support/workspace.ts'

vi.mock(
  '../../durable-objects/workspace/fixed-workspace.ts',
  () => import('../support/mocked-workspace.ts'),
)

const KNOWN = { ...track(), writeKey: WRITE_KEY }
const UNKNOWN = { ...track(), writeKey: 'u'.repeat(32) }
/** As in wrangler.toml. */
const UNKNOWN_PER_PERIOD = 100
const from = (address: string) => ({ 'cf-connecting-ip': address })
/** A limiter of which the test knows when it is used up. */
const limiter = (left: number): RateLimit => ({ limit: async () => ({ success: left-- > 0 }) })

beforeEach(() => {
  vi.spyOn(console, 'error').mockReturnValue()
  workspace.has(source())
})
afterEach(async () => {
  vi.restoreAllMocks()
  await reset()
})

describe('flood control', () => {
  it('gives unknown keys a small budget by address, on the real limiter, and known ones their own', async () => {
    const collector = new Collector(workspace)
    const flood = Array.from({ length: UNKNOWN_PER_PERIOD + 20 }, () =>
      collector.post('/v1/track', UNKNOWN, from('203.0.113.1')),
    )
    const statuses = (await Promise.all(flood)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(UNKNOWN_PER_PERIOD)
    expect(statuses.filter((status) => status === 429)).toHaveLength(20)
    const known = await collector.post('/v1/track', KNOWN, from('203.0.113.1'))
    const elsewhere = await collector.post('/v1/track', UNKNOWN, from('203.0.113.2'))
    expect([known.status, elsewhere.status]).toEqual([200, 200])
  })

  it.each([
    ['an address', { ADDRESS_LIMIT: limiter(1) }],
    ['a key', { KEY_LIMIT: limiter(1) }],
  ])('answers %s past its limit with 429 and the seconds to wait', async (_, bindings) => {
    const collector = new Collector(workspace, bindings)
    const headers = { origin: 'https://shop.example.com' }
    expect((await collector.post('/v1/track', KNOWN, headers)).status).toBe(200)
    const response = await collector.post('/v1/track', KNOWN, headers)
    expect(response.status).toBe(429)
    expect(response.headers.get('retry-after')).toBe('10')
    expect(response.headers.get('x-ratelimit-reset')).toBe('10')
    expect(response.headers.get('access-control-allow-origin')).toBe('https://shop.example.com')
    expect(await response.json()).toMatchObject({ success: false, code: 'rate_limited' })
    expect(await collector.totals()).toMatchObject({ events: 1 })
  })

  it('does not count a key as unknown while no configuration can be read', async () => {
    workspace.now = null
    const collector = new Collector(workspace, { UNKNOWN_LIMIT: limiter(0) })
    expect((await collector.post('/v1/track', KNOWN)).status).toBe(200)
  })

  it('refuses no pixel and no link of a known source: nobody sends them again', async () => {
    const none = { ADDRESS_LIMIT: limiter(0), KEY_LIMIT: limiter(0), UNKNOWN_LIMIT: limiter(0) }
    const collector = new Collector(workspace, none)
    await collector.send(`/v1/pixel/track?writeKey=${WRITE_KEY}&userId=u&event=E`)
    await collector.send(`/v1/querystring?writeKey=${WRITE_KEY}&ajs_event=E`)
    expect(await collector.totals()).toMatchObject({ events: 2 })
  })

  it('shows a mail no error, and reports what it did not count', async () => {
    const reported = vi.fn()
    vi.spyOn(console, 'error').mockImplementation(reported)
    const collector = new Collector(workspace, { UNKNOWN_LIMIT: limiter(0) })
    const key = 'u'.repeat(32)
    const response = await collector.send(`/v1/pixel/track?writeKey=${key}&userId=u&event=E`)
    expect(response.headers.get('content-type')).toBe('image/gif')
    expect(reported).toHaveBeenCalledWith(expect.stringContaining('PIXEL_LOST'))
  })

  it('writes no row for junk past the small budget', async () => {
    const collector = new Collector(workspace, { UNKNOWN_LIMIT: limiter(2) })
    for (let n = 0; n < 5; n += 1) await collector.send('/v1/pixel/x?data=!')
    await collector.post('/v1/m', { series: [] })
    expect(await collector.totals('unverified')).toMatchObject({ discards: { malformed_pixel: 2 } })
  })

  it('counts an IPv6 sender by its /64, of which it has every address', async () => {
    const collector = new Collector(workspace)
    const flood = Array.from({ length: UNKNOWN_PER_PERIOD + 5 }, (_, n) =>
      collector.post('/v1/track', UNKNOWN, from(`2001:db8:1:2::${n.toString(16)}`)),
    )
    const statuses = (await Promise.all(flood)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 429)).toHaveLength(5)
  })

  it('lets everything pass while its limiter fails', async () => {
    const broken = { limit: async () => Promise.reject(new Error('no limiter')) }
    const collector = new Collector(workspace, { ADDRESS_LIMIT: broken, KEY_LIMIT: broken })
    expect((await collector.post('/v1/track', KNOWN)).status).toBe(200)
  })
})

describe('bytes that nobody can read', () => {
  const send = (collector: Collector, body: BodyInit) =>
    collector.send('/v1/batch', { method: 'POST', body, headers: { 'content-encoding': 'gzip' } })
  const quarantined = async () => (await env.ARCHIVE.list({ prefix: 'quarantine/' })).objects

  it.each([
    ['JSON that is cut', '{"batch":[{"type":"track"'],
    ['gzip that is cut', new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1])],
    ['neither', new Uint8Array([0, 255, 254])],
  ])('are answered with 400 and kept as sent: %s', async (_, body) => {
    const response = await send(new Collector(workspace), body)
    expect(response.status).toBe(400)
    const [object, ...others] = await quarantined()
    expect(others).toEqual([])
    expect(object?.key).toMatch(/^quarantine\/\d{4}-\d\d-\d\d\/[0-9a-f]{64}$/)
    const kept = await env.ARCHIVE.get(object?.key ?? '')
    expect(new Uint8Array((await kept?.arrayBuffer()) ?? [])).toEqual(
      typeof body === 'string' ? new TextEncoder().encode(body) : body,
    )
  })

  it.each([
    ['nothing', ''],
    ['JSON that is no object', '[1]'],
    ['too many bytes', 'x'.repeat(600_000)],
  ])('are not: %s', async (_, body) => {
    expect((await send(new Collector(workspace), body)).status).toBe(400)
    expect(await quarantined()).toEqual([])
  })

  it('are counted', async () => {
    const collector = new Collector(workspace)
    await send(collector, '{')
    expect(await collector.totals('unverified')).toMatchObject({ discards: { malformed_body: 1 } })
  })

  it('are kept though their headers are longer than R2 takes', async () => {
    const headers = { 'content-type': 'x'.repeat(9_000), 'content-encoding': 'y'.repeat(9_000) }
    const collector = new Collector(workspace)
    await collector.send('/v1/batch', { method: 'POST', body: '{', headers })
    expect(await quarantined()).toHaveLength(1)
  })

  it('fill no bucket: past the small budget they are only answered', async () => {
    const collector = new Collector(workspace, { UNKNOWN_LIMIT: limiter(1) })
    await send(collector, '{1')
    await send(collector, '{2')
    expect(await quarantined()).toHaveLength(1)
  })

  it('are answered even when R2 fails', async () => {
    vi.spyOn(env.ARCHIVE, 'put').mockRejectedValue(new Error('R2 is down'))
    expect((await send(new Collector(workspace), '{')).status).toBe(400)
  })
})

describe('telemetry', () => {
  it('is accepted, counted and dropped', async () => {
    const collector = new Collector(workspace)
    const series = [{ type: 'Counter', metric: 'analytics_js.invoke', value: 1, tags: {} }]
    const response = await collector.post('/v1/m', { series })
    expect([response.status, await response.json()]).toEqual([200, { success: true }])
    expect(await collector.totals('unverified')).toMatchObject({
      events: 0,
      discards: { telemetry: 1 },
    })
  })
})
