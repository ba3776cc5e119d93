import { reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Collector, WRITE_KEY } from '../../support/collector.ts'
import { withLog } from '../../support/log.ts'
import { workspace } from '../../support/mocked-workspace.ts'
import { source } from '../../support/workspace.ts'

vi.mock(
  '../../../durable-objects/workspace/fixed-workspace.ts',
  () => import('../../support/mocked-workspace.ts'),
)

const PERSON =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0'
const reported = vi.fn()
let collector: Collector
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2046-11-25T12:00:00Z') })
  reported.mockClear()
  vi.spyOn(console, 'error').mockImplementation(reported)
  workspace.has(source({ redirectHosts: ['www.example.com', 'Shop.example.com:8443'] }))
  collector = new Collector(workspace)
})
afterEach(async () => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  await reset()
})

const follow = (query: string, init: RequestInit = {}) =>
  collector.send(`/v1/querystring?writeKey=${WRITE_KEY}&${query}`, {
    ...init,
    headers: { 'user-agent': PERSON, ...init.headers },
  })

describe('GET /v1/querystring', () => {
  it('identifies, then tracks, under the anonymous id of the link', async () => {
    const query =
      'ajs_event=Email%20Clicked&ajs_prop_campaign=spring+sale&ajs_prop_sum=a%3Db%3Dc' +
      '&ajs_uid=ada&ajs_trait_plan=pro&ajs_aid=anon-1'
    const response = await follow(query)
    expect(response.headers.get('content-type')).toBe('image/gif')
    const ids = { userId: 'ada', anonymousId: 'anon-1' }
    expect(await collector.archived()).toMatchObject([
      { type: 'identify', ...ids, traits: { plan: 'pro' } },
      {
        type: 'track',
        event: 'Email Clicked',
        ...ids,
        properties: { campaign: 'spring sale', sum: 'a=b=c' },
      },
    ])
  })

  it('takes the anonymous id of analytics.js, if the browser sends its cookie', async () => {
    await follow('ajs_event=E', { headers: { cookie: 'ajs_anonymous_id=%22from-cookie%22' } })
    expect(await collector.archived()).toMatchObject([{ anonymousId: 'from-cookie' }])
  })

  it('makes an anonymous id, as analytics.js would, when there is none', async () => {
    await follow('ajs_event=E')
    expect(await collector.archived()).toMatchObject([
      { anonymousId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    ])
  })

  it.each(['ajs_aid=a', 'ajs_uid=', 'ajs_prop_x=1', ''])('has no call in: %s', async (query) => {
    expect((await follow(query)).status).toBe(200)
    expect(await collector.totals()).toMatchObject({ events: 0, discards: {} })
  })

  it.each(['', '&writeKey=short'])('answers 400 without a key: %s', async (query) => {
    expect((await collector.send(`/v1/querystring?ajs_event=E${query}`)).status).toBe(400)
  })
})

describe('redirect=', () => {
  it.each([
    ['https://www.example.com/sale?a=1#b', 'https://www.example.com/sale?a=1#b'],
    ['http://WWW.EXAMPLE.COM', 'http://www.example.com/'],
    ['https://shop.example.com:8443/', 'https://shop.example.com:8443/'],
    ['https://www.example.com\\@evil.example/', 'https://www.example.com/@evil.example/'],
  ])('leads to a host of the list: %s', async (target, location) => {
    const response = await follow(`ajs_event=E&redirect=${encodeURIComponent(target)}`)
    expect([response.status, response.headers.get('location')]).toEqual([302, location])
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await collector.archived()).toHaveLength(1)
  })

  it.each([
    'https://evil.example/',
    'https://www.example.com.evil.example/',
    'https://evil.example/?www.example.com',
    'https://www.example.com@evil.example/',
    'https://user:secret@www.example.com/',
    'https://www.example.com:444/',
    'https://shop.example.com/',
    'https:\\\\evil.example/',
    '//evil.example/',
    '//www.example.com/',
    '/path',
    'javascript:alert(1)',
    'data:text/html,x',
    'www.example.com',
    'https://www.example.com\u3002evil.example/',
    '',
  ])('is never open: %s', async (target) => {
    const response = await follow(`ajs_event=E&redirect=${encodeURIComponent(target)}`)
    expect(response.status).toBe(400)
    expect(response.headers.get('location')).toBeNull()
    expect(await response.json()).toMatchObject({ code: 'redirect_not_allowed' })
    expect(await collector.archived()).toHaveLength(1)
  })

  it('is 503 while nobody can say what the list is, and its event is kept', async () => {
    workspace.now = null
    const response = await follow('ajs_event=E&redirect=https://www.example.com/')
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('5')
    expect(await collector.totals('unverified')).toMatchObject({ events: 1 })
  })

  it('tells the log that a person waits', async () => {
    const append = vi.fn(async () => ({ state: 'durable' }))
    collector = new Collector(workspace, { INTAKE: withLog(() => append).INTAKE })
    await follow('ajs_event=E&redirect=https://www.example.com/')
    await collector.batch({ type: 'track', event: 'E', userId: 'ada' })
    expect(append.mock.calls).toEqual([
      [expect.anything(), { urgent: true }],
      [expect.anything(), { urgent: false }],
    ])
  })

  it('sends a person on even when the log and R2 are gone, and reports the loss', async () => {
    vi.spyOn(env.INTAKE, 'getByName').mockImplementation(() => {
      throw new Error('the object is gone')
    })
    vi.spyOn(env.ARCHIVE, 'put').mockRejectedValue(new Error('R2 is down'))
    const response = await follow('ajs_event=E&redirect=https://www.example.com/')
    expect(response.status).toBe(302)
    expect(reported).toHaveBeenCalledWith(expect.stringContaining('LINK_LOST'))
  })
})

describe('headers without end', () => {
  it.each([
    ['a user agent', { 'user-agent': `bot${'x'.repeat(70_000)}` }],
    ['a purpose', { purpose: `prefetch${'\u00e9'.repeat(70_000)}` }],
  ])('of %s fill no event and no segment, known or not', async (_, headers) => {
    await follow('ajs_event=E', { headers })
    const unknown = `/v1/querystring?writeKey=${'u'.repeat(32)}&ajs_event=E`
    await collector.send(unknown, { headers })
    const [line] = await collector.archived()
    expect(JSON.stringify(line).length).toBeLessThan(3_000)
    expect(await collector.totals('unverified')).toMatchObject({ events: 1 })
  })
})

describe('a machine that follows a link', () => {
  it.each([
    ['HEAD', { method: 'HEAD' }, 'head'],
    ['a prefetch', { headers: { 'sec-purpose': 'prefetch;prerender' } }, 'prefetch'],
    ['a prefetch of old', { headers: { 'x-moz': 'prefetch' } }, 'prefetch'],
    ['a scanner', { headers: { 'user-agent': `${PERSON} Barracuda Sentinel` } }, 'link-scanner'],
    ['a chat', { headers: { 'user-agent': 'Slackbot-LinkExpanding 1.0' } }, 'link-scanner'],
    [
      'a bot',
      { headers: { 'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1)' } },
      'link-scanner',
    ],
  ])('is sent on, identifies nobody, and its event is marked: %s', async (_, init, kind) => {
    const response = await follow('ajs_uid=ada&ajs_event=E&redirect=https://www.example.com/', init)
    expect(response.status).toBe(302)
    expect(await collector.archived()).toMatchObject([
      { type: 'track', userId: 'ada', context: { automation: { kind } } },
    ])
    expect(await collector.totals()).toMatchObject({ discards: { identify_by_automation: 1 } })
  })
})
