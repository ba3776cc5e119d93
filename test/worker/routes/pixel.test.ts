import { reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Collector, WRITE_KEY } from '../../support/collector.ts'
import { workspace } from '../../support/mocked-workspace.ts'
import { source } from '../../support/workspace.ts'

vi.mock(
  '../../../durable-objects/workspace/fixed-workspace.ts',
  () => import('../../support/mocked-workspace.ts'),
)

const reported = vi.fn()
let collector: Collector
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2046-11-25T12:00:00Z') })
  reported.mockClear()
  vi.spyOn(console, 'error').mockImplementation(reported)
  workspace.has(source())
  collector = new Collector(workspace)
})
afterEach(async () => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  await reset()
})

const base64 = (value: unknown) =>
  btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(value))))
const opened = {
  writeKey: WRITE_KEY,
  userId: '025pikachu025',
  event: 'Email Opened',
  properties: { subject: 'The Electric Daily >>> ??? ☃', email: 'pikachu@pokemon.example' },
}

async function expectGif(response: Response) {
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('image/gif')
  expect(response.headers.get('cache-control')).toBe('no-store')
  const bytes = new Uint8Array(await response.arrayBuffer())
  expect(String.fromCharCode(...bytes.subarray(0, 6))).toBe('GIF89a')
}

describe('GET /v1/pixel/…?data=', () => {
  const padded = base64(opened)
  it.each([
    ['padded', encodeURIComponent(padded)],
    ['not padded, as in the documentation', encodeURIComponent(padded.replace(/=+$/, ''))],
    ['of the URL alphabet', padded.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')],
    ['with a + that became a space', padded],
  ])('takes Base64 %s', async (_, data) => {
    await expectGif(await collector.send(`/v1/pixel/track?data=${data}`))
    const { writeKey: __, ...event } = opened
    expect(await collector.archived()).toMatchObject([{ ...event, type: 'track' }])
  })

  it.each(['identify', 'group', 'alias', 'page', 'screen', 'track'])('takes %s', async (type) => {
    const call = { ...opened, groupId: 'g', previousId: 'p', name: 'N' }
    await expectGif(await collector.send(`/v1/pixel/${type}?data=${base64(call)}`))
    expect(await collector.archived()).toMatchObject([{ type }])
  })
})

describe('GET /v1/pixel/… with fields', () => {
  it('reads dotted paths, as texts', async () => {
    const path =
      '/v1/pixel/page?writeKey=shop-write-key-000000000000000000&context.library.name=amp' +
      '&anonymousId=amp-1&context.page.url=https%3A%2F%2Fexample.com%2F%3Fa%3Db&name=Home&properties.n=1'
    await expectGif(await collector.send(path))
    expect(await collector.archived()).toMatchObject([
      {
        type: 'page',
        anonymousId: 'amp-1',
        name: 'Home',
        properties: { n: '1' },
        context: { library: { name: 'amp' }, page: { url: 'https://example.com/?a=b' } },
        channel: 'browser',
      },
    ])
  })

  it('reads a field named like a prototype as a field', async () => {
    const path = `/v1/pixel/track?writeKey=${WRITE_KEY}&userId=u&event=E&properties.__proto__.x=1`
    await collector.send(path)
    const [line] = await collector.archived()
    expect(JSON.stringify(line?.properties)).toBe('{"__proto__":{"x":"1"}}')
  })

  it('takes `data` for a field, if it is no call', async () => {
    await collector.send(`/v1/pixel/track?writeKey=${WRITE_KEY}&userId=u&event=E&data=mine`)
    expect(await collector.archived()).toMatchObject([{ data: 'mine' }])
  })

  it('counts no HEAD, which loads no image', async () => {
    const path = `/v1/pixel/track?writeKey=${WRITE_KEY}&userId=u&event=E`
    expect((await collector.send(path, { method: 'HEAD' })).status).toBe(200)
    expect(await collector.totals()).toMatchObject({ events: 0 })
  })

  it('reads no deeper than it must', async () => {
    const path = `/v1/pixel/track?writeKey=${WRITE_KEY}&userId=u&event=E&${'a.'.repeat(5_000)}b=1`
    await expectGif(await collector.send(path))
    expect(await collector.archived()).toHaveLength(1)
  })
})

describe('a pixel that is wrong', () => {
  it.each([
    ['no data', '/v1/pixel/track', 'invalid_write_key'],
    ['no call', '/v1/pixel', 'malformed_pixel'],
    ['data that is no Base64', '/v1/pixel/track?data=%%%', 'malformed_pixel'],
    ['data that is no JSON', `/v1/pixel/track?data=${btoa('{')}`, 'malformed_pixel'],
    ['data that is no object', `/v1/pixel/track?data=${btoa('[]')}`, 'malformed_pixel'],
    ['a call that does not exist', `/v1/pixel/dance?data=${base64(opened)}`, 'malformed_pixel'],
    ['a key that is none', '/v1/pixel/track?writeKey=abc&userId=u&event=E', 'invalid_write_key'],
  ])('is a GIF and a counted discard: %s', async (_, path, reason) => {
    await expectGif(await collector.send(path))
    expect(await collector.totals('unverified')).toMatchObject({ discards: { [reason]: 1 } })
  })

  it('is a GIF and a discard of its source, if its call is', async () => {
    await expectGif(await collector.send(`/v1/pixel/track?writeKey=${WRITE_KEY}&event=E`))
    expect(await collector.totals()).toMatchObject({ discards: { no_user_anon_id: 1 } })
  })

  it('is a GIF even when the log and R2 are gone, and the loss is reported', async () => {
    vi.spyOn(env.INTAKE, 'getByName').mockImplementation(() => {
      throw new Error('the object is gone')
    })
    vi.spyOn(env.ARCHIVE, 'put').mockRejectedValue(new Error('R2 is down'))
    await expectGif(await collector.send(`/v1/pixel/track?data=${base64(opened)}`))
    expect(reported).toHaveBeenCalledWith(expect.stringContaining('PIXEL_LOST'))
  })
})

describe('an opening through a mail proxy', () => {
  it.each([
    [
      'GoogleImageProxy',
      'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)',
    ],
    ['YahooMailProxy', 'YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html'],
    ['AppleMailPrivacy', 'Mozilla/5.0'],
  ])('is marked, and has no address of a person: %s', async (name, userAgent) => {
    const headers = { 'user-agent': userAgent, 'cf-connecting-ip': '203.0.113.9' }
    await collector.send(`/v1/pixel/track?data=${base64(opened)}`, { headers })
    const [line] = await collector.archived()
    expect(line?.context).toMatchObject({ automation: { kind: 'mail-proxy', source: name } })
    expect(line?.context).not.toHaveProperty('ip')
  })

  it('is not what a person’s own mail client does', async () => {
    const userAgent = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15'
    const headers = { 'user-agent': userAgent, 'cf-connecting-ip': '203.0.113.9' }
    await collector.send(`/v1/pixel/track?data=${base64(opened)}`, { headers })
    const [line] = await collector.archived()
    expect(line?.context).toEqual({ ip: '203.0.113.9', userAgent, bot: { score: 0 } })
  })
})
