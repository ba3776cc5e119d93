import { reset } from 'cloudflare:test'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Collector, WRITE_KEY } from '../../support/collector.ts'
import { workspace } from '../../support/mocked-workspace.ts'
import { source } from '../../support/workspace.ts'

vi.mock(
  '../../../durable-objects/workspace/fixed-workspace.ts',
  () => import('../../support/mocked-workspace.ts'),
)

const TYPES = ['track', 'identify', 'page', 'screen', 'group', 'alias']
let collector: Collector
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2046-11-25T12:00:00.000Z') })
  workspace.has(source())
  collector = new Collector(workspace)
})
afterEach(async () => {
  vi.useRealTimers()
  await reset()
})

const call = (type: string) => ({
  messageId: `one-${type}`,
  anonymousId: 'a-1',
  event: 'E',
  groupId: 'g',
  previousId: 'p',
  userId: 'u',
})

describe.each(['/v1/k/KEY', '/x7k/k/KEY', '/x7k'])('events below %s', (address) => {
  const base = address.replace('KEY', WRITE_KEY)
  const key = address.endsWith('KEY') ? {} : { writeKey: WRITE_KEY }

  it('are taken one by one and as a batch, with no header that would need a preflight', async () => {
    const headers = { 'content-type': 'text/plain', 'user-agent': 'Browser/1' }
    for (const type of TYPES) {
      const response = await collector.post(
        `${base}/${type[0]}`,
        { ...call(type), ...key },
        headers,
      )
      expect([response.status, await response.json()]).toEqual([200, { success: true }])
    }
    const batch = [{ ...call('batched'), type: 'track' }]
    await collector.post(`${base}/b`, { batch, ...key }, headers)
    expect((await collector.post(`${base}/m`, { series: [] })).status).toBe(200)
    const archived = await collector.archived()
    expect(archived.map(({ messageId }) => messageId)).toEqual(
      [...TYPES, 'batched'].map((type) => `one-${type}`),
    )
    expect(archived[0]).toMatchObject({ context: { userAgent: 'Browser/1' } })
  })

  it('may be read by any page, refusals included', async () => {
    const headers = { origin: 'https://shop.example.net' }
    for (const body of [{ ...call('track'), ...key }, []]) {
      const response = await collector.post(`${base}/t`, body, headers)
      expect(response.headers.get('access-control-allow-origin')).toBe(headers.origin)
      expect(response.headers.get('access-control-expose-headers')).toContain('Retry-After')
    }
    expect((await collector.send(`${base}/t`)).status).toBe(405)
  })
})

it('a key in the body counts before one in the path', async () => {
  const own = 'other-write-key-0000000000000000'
  workspace.has(source(), source({ id: 'other', writeKeys: [own] }))
  await collector.post(`/v1/k/${WRITE_KEY}/t`, { ...call('track'), writeKey: own })
  expect(await collector.archived('other')).toHaveLength(1)
  expect(await collector.archived()).toEqual([])
})

it('a path whose key cannot be one is refused', async () => {
  expect((await collector.post('/v1/k/short/t', call('track'))).status).toBe(400)
})

describe('B9, the page of an app that has gone on', () => {
  it('is stored as sent: nothing is repaired by the canonical link or by Referer', async () => {
    const page = { url: 'https://shop.example.com/first', path: '/first' }
    const properties = { url: 'https://shop.example.com/second', path: '/second' }
    await collector.post(
      '/x7k/p',
      { ...call('page'), writeKey: WRITE_KEY, context: { page }, properties },
      { referer: 'https://shop.example.com/third' },
    )
    const [line] = await collector.archived()
    expect(line).toMatchObject({ context: { page }, properties })
    expect(JSON.stringify(line)).not.toContain('third')
  })
})
