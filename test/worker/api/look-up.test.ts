import { abortAllDurableObjects, reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Collector } from '../../support/collector.ts'
import { track } from '../../support/events.ts'
import { workspace } from '../../support/mocked-workspace.ts'
import { source } from '../../support/workspace.ts'

vi.mock(
  '../../../durable-objects/workspace/fixed-workspace.ts',
  () => import('../../support/mocked-workspace.ts'),
)

const OTHER_KEY = 'other-write-key-0000000000000000'
const HOUR_MS = 3_600_000
let collector: Collector
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2046-11-25T12:00:00Z') })
  vi.spyOn(console, 'error').mockReturnValue()
  workspace.has(source(), source({ id: 'other', writeKeys: [OTHER_KEY] }))
  collector = new Collector(workspace)
})
afterEach(async () => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  await reset()
})

/** What moves an event on: nothing, its chunk, an hour (a run of the index), a restart. */
const STAGES: readonly [string, 'logged' | 'archived', () => Promise<unknown>][] = [
  ['in the log', 'logged', async () => {}],
  ['in the archive', 'archived', () => collector.archived()],
  ['in a run of the index', 'archived', sealRun],
  [
    'after a restart',
    'archived',
    async () => {
      await sealRun()
      await abortAllDurableObjects()
    },
  ],
]
async function sealRun(): Promise<void> {
  await collector.archived()
  vi.setSystemTime(Date.now() + HOUR_MS)
  await env.INTAKE.getByName('shop:any:0').nudge()
}
const receipts = async (id: string) =>
  (
    await (
      await collector.api(`/receipts/${encodeURIComponent(id)}`)
    ).json<{ data: { receipts: object[] } }>()
  ).data.receipts

describe.each(STAGES)('GET /api/receipts/{messageId} of an event %s', (_, state, move) => {
  it('says when it came, where it is, what it says, and who sent it again', async () => {
    await collector.batch(track({ messageId: 'a/1', properties: { n: 1 } }), track())
    vi.setSystemTime(Date.now() + 1_000)
    await collector.batch(track({ messageId: 'a/1' }))
    await move()
    expect(await receipts('a/1')).toEqual([
      {
        sourceId: 'shop',
        kind: 'event',
        reason: null,
        receivedAt: '2046-11-25T12:00:00.000Z',
        state,
        chunk:
          state === 'logged' ? null : expect.stringMatching(/^archive\/shop\/2046\/11\/25\/12\//),
        event: expect.objectContaining({ messageId: 'a/1', properties: { n: 1 } }),
        duplicates: [{ receivedAt: '2046-11-25T12:00:01.000Z' }],
      },
    ])
  })

  it('says why an item was discarded', async () => {
    const large = track({ messageId: 'large', p: 'x'.repeat(40_000) })
    await collector.batch(large)
    await move()
    expect(await receipts('large')).toMatchObject([
      { kind: 'discard', reason: 'exceeds_payload_limit', state, duplicates: [] },
    ])
  })

  it('knows an id at each source that received it, and nothing of one that none did', async () => {
    await collector.batch(track({ messageId: 'both' }))
    await collector.post('/v1/track', { ...track({ messageId: 'both' }), writeKey: OTHER_KEY })
    await move()
    expect(await receipts('both')).toMatchObject([{ sourceId: 'shop' }, { sourceId: 'other' }])
    expect(await receipts('neither')).toEqual([])
  })
})

const events = async (query: string) => {
  const response = await collector.api(`/sources/shop/events?${query}`)
  expect(response.status).toBe(200)
  const lines = (await response.text()).split('\n').slice(0, -1)
  return lines.map((line) => JSON.parse(line).messageId)
}

describe.each(STAGES)("GET /api/sources/{id}/events of a person's events %s", (_, __, move) => {
  it('finds theirs by either id, and reads no chunk that has none', async () => {
    await collector.batch(track({ userId: 'bob', messageId: 'b1' }))
    await collector.archived()
    await collector.batch(
      track({ userId: 'ünï "x"', messageId: 'u1' }),
      track({ userId: 'bob', messageId: 'b2', properties: { userId: 'ünï "x"' } }),
      { type: 'track', event: 'E', anonymousId: 'a1', messageId: 'a1' },
    )
    await move()
    const get = vi.spyOn(env.ARCHIVE, 'get')
    expect(await events(`userId=${encodeURIComponent('ünï "x"')}`)).toEqual(['u1'])
    expect(get.mock.calls.length).toBeLessThanOrEqual(1)
    expect(await events('anonymousId=a1')).toEqual(['a1'])
    expect(await events('userId=bob')).toEqual(['b1', 'b2'])
    expect(await events('userId=bob&anonymousId=a1')).toEqual(['b1', 'b2', 'a1'])
    expect(await events('userId=nobody')).toEqual([])
  })

  it('keeps to a time', async () => {
    await collector.batch(track({ messageId: 'early' }))
    vi.setSystemTime(new Date('2046-11-25T12:30:00Z'))
    await collector.batch(track({ messageId: 'late' }))
    await move()
    expect(await events('userId=ada&start=2046-11-25T12:10:00Z')).toEqual(['late'])
    expect(await events('userId=ada&end=2046-11-25T12:10:00Z')).toEqual(['early'])
  })
})

const balance = async (query = '') =>
  (await (await collector.api(`/sources/shop/balance?${query}`)).json<{ data: object }>()).data

describe('GET /api/sources/{id}/balance', () => {
  it('is exact from the first commit on, through archive, restart and forgetting', async () => {
    await collector.batch(track({ messageId: 'a' }), track({ messageId: 'b' }), 7)
    await collector.batch(track({ messageId: 'a' }))
    const expected = { received: 4, duplicates: 1, discards: { UNSUPPORTED_EVENT_TYPE: 1 } }
    expect(await balance()).toEqual({ ...expected, archived: 0 })
    await collector.archived()
    expect(await balance()).toEqual({ ...expected, archived: 2 })
    await sealRun()
    await abortAllDurableObjects()
    expect(await balance()).toEqual({ ...expected, archived: 2 })
    await collector.batch(track({ messageId: 'c' }))
    await collector.archived()
    vi.setSystemTime(Date.now() + 30 * HOUR_MS)
    await env.INTAKE.getByName('shop:any:0').nudge()
    expect(await balance()).toMatchObject({ received: 5, archived: 3 })
    expect(await balance('end=2046-11-25T13:00:00Z')).toEqual({ ...expected, archived: 2 })
    expect(await balance('start=2046-11-25T13:00:00Z')).toMatchObject({ received: 1, archived: 1 })
  })

  it('counts a segment that is sent again once', async () => {
    const getByName = env.INTAKE.getByName.bind(env.INTAKE)
    vi.spyOn(env.INTAKE, 'getByName').mockImplementationOnce((name) => {
      const stub = getByName(name)
      return Object.assign(Object.create(stub), {
        append: async (segments: readonly Uint8Array[]) => {
          await stub.append(segments)
          throw new Error('the answer was lost')
        },
      })
    })
    await collector.batch(track(), 7)
    expect(await balance()).toMatchObject({ received: 2, duplicates: 0 })
  })
})

describe('the look-ups', () => {
  it.each(['/receipts/a', '/sources/shop/balance', '/sources/shop/events?userId=a'])(
    'are closed without the token: %s',
    async (path) => {
      expect((await collector.send(`/api${path}`)).status).toBe(401)
    },
  )

  it.each([
    ['/sources/nobody/balance', 404],
    ['/sources/nobody/events?userId=a', 404],
    ['/sources/shop/events', 400],
    ['/sources/shop/events?userId=a&start=yesterday', 400],
    ['/sources/shop/balance?end=tomorrow', 400],
  ])('answer what is wrong: %s', async (path, status) => {
    expect((await collector.api(path)).status).toBe(status)
  })
})
