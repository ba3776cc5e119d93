import { reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { JsonObject } from '../../../worker/event/json.ts'
import { Collector } from '../../support/collector.ts'
import { PROFILES, profileReader } from '../../support/profile-reader.ts'
import { userHashOf } from '../../support/said.ts'
import { StandInSpace } from '../../support/stand-in-space.ts'
import { source, TestWorkspace } from '../../support/workspace.ts'

const APP_KEY = 'app-write-key-0000000000000000000'
const workspace = new TestWorkspace()
const USER_HASH_SECRET = 'a-secret-of-the-app-0000'
const APP = { id: 'app', writeKeys: [APP_KEY], userHashSecret: USER_HASH_SECRET }
const EVENTS = `${PROFILES}/user_id:ada/events`
const HOUR_MS = 3_600_000
let space: StandInSpace
let collector: Collector
let api: ReturnType<typeof profileReader>

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2046-11-25T12:00:00Z') })
  // Nobody reads the queue here: its consumer would run into the end of a test.
  vi.spyOn(env.PROFILES, 'sendBatch').mockResolvedValue({
    metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } },
  })
  workspace.has(source(), source({ ...APP, userHashSecret: null }))
  space = new StandInSpace()
  space.put({
    ids: [
      { type: 'user_id', value: 'ada' },
      { type: 'anonymous_id', value: 'phone' },
      { type: 'anonymous_id', value: 'laptop' },
      { type: 'email', value: 'ada@example.com' },
    ],
  })
  collector = new Collector(workspace, space.bindings)
  api = profileReader(collector)
})
afterEach(async () => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  await reset()
})

const track = (messageId: string, fields: JsonObject = { userId: 'ada' }) => ({
  type: 'track',
  event: 'Order Completed',
  messageId,
  ...fields,
})
const later = (ms: number) => vi.setSystemTime(Date.now() + ms)
const idsOf = (pages: readonly { data: readonly JsonObject[] }[]) =>
  pages.flatMap(({ data }) => data.map((event) => event.message_id))
const read = async (query = '') => idsOf([await api.read(`${EVENTS}?${query}`)])
/** Sends events to the app's source. */
const batchToApp = (...batch: unknown[]) =>
  collector.post('/v1/batch', { writeKey: APP_KEY, batch })

describe('/events', () => {
  it('shows an archived event in the shape of the Profile API', async () => {
    await collector.batch(
      track('m1', {
        userId: 'ada',
        anonymousId: 'phone',
        properties: { total: 7 },
        context: { a: 1 },
      }),
    )
    await collector.archived()
    const { data, cursor } = await api.read(EVENTS)
    expect(data).toEqual([
      {
        external_ids: [
          { collection: 'users', type: 'user_id', id: 'ada', encoding: 'none' },
          { collection: 'users', type: 'anonymous_id', id: 'phone', encoding: 'none' },
        ],
        context: expect.objectContaining({ a: 1 }),
        type: 'track',
        message_id: 'm1',
        source_id: 'shop',
        timestamp: '2046-11-25T12:00:00.000Z',
        properties: { total: 7 },
        event: 'Order Completed',
        related: { users: expect.stringMatching(/^use_/) },
      },
    ])
    expect(cursor).toEqual({ url: EVENTS, has_more: false, next: '', limit: 10 })
  })

  it('shows those of every device and source, and none that a shared device sent for another', async () => {
    await collector.batch(
      track('anonymous', { anonymousId: 'phone' }),
      track('known', { userId: 'ada' }),
      track('shared', { userId: 'bob', anonymousId: 'phone' }),
      track('empty user', { userId: '', anonymousId: 'laptop' }),
      track('another', { anonymousId: 'tablet' }),
      track('only named', { userId: 'bob', properties: { userId: 'ada' } }),
    )
    await batchToApp(track('in the app', { anonymousId: 'laptop' }))
    await collector.archived()
    await collector.archived('app')
    expect((await read()).sort()).toEqual(['anonymous', 'empty user', 'in the app', 'known'])
  })

  it('shows none that says it is hers without the hash that its source wants', async () => {
    workspace.has(source(), source(APP))
    const userHash = userHashOf('ada', USER_HASH_SECRET)
    await batchToApp(
      track('proven', { userId: 'ada', context: { userHash } }),
      track('forged', { userId: 'ada', anonymousId: 'of an attacker' }),
      track('her device', { userId: 'bob', anonymousId: 'phone' }),
    )
    await collector.archived('app')
    expect((await read()).sort()).toEqual(['her device', 'proven'])
    const { metadata } = await api.read(`${PROFILES}/user_id:ada/metadata`)
    expect(metadata.last_message_id).not.toBe('forged')
  })

  it('orders by timestamp, the newest first, or from the oldest', async () => {
    await collector.batch(track('b', { userId: 'ada', timestamp: '2046-11-25T11:00:00Z' }))
    await batchToApp(track('c', { userId: 'ada', timestamp: '2046-11-25T11:30:00Z' }))
    await collector.batch(track('a', { userId: 'ada', timestamp: '2046-11-25T10:30:00Z' }))
    await collector.archived()
    await collector.archived('app')
    expect(await read()).toEqual(['c', 'b', 'a'])
    expect(await read('sort=asc')).toEqual(['a', 'b', 'c'])
  })

  it.each([
    ['start=2046-11-25T11:00:00Z', ['c']],
    ['end=2046-11-25T11:00:00Z', ['a']],
    ['start=2046-11-25T10:00:00Z&end=2046-11-25T11:00:00.001Z', ['b', 'a']],
    ['start=2046-11-26', []],
    ['include=Order%20Completed', ['a']],
    ['include=Order%20Completed,identify', ['c', 'a']],
    ['exclude=Order%20Completed', ['c', 'b']],
    ['include=Home&exclude=Home', []],
    ['limit=1', ['c']],
    ['start=&end=&include=', ['c', 'b', 'a']],
  ])('keeps to %s', async (query, expected) => {
    const at = (timestamp: string) => ({ userId: 'ada', timestamp })
    await collector.batch(
      track('a', at('2046-11-25T10:30:00Z')),
      { type: 'page', name: 'Home', messageId: 'b', ...at('2046-11-25T11:00:00Z') },
      { type: 'identify', messageId: 'c', ...at('2046-11-25T11:30:00Z') },
    )
    await collector.archived()
    expect(await read(query)).toEqual(expected)
  })

  it('goes back 14 days and no further', async () => {
    await collector.batch(track('old'))
    await collector.archived()
    later(13 * 24 * HOUR_MS)
    expect(await read()).toEqual(['old'])
    await collector.batch(track('imported', { userId: 'ada', timestamp: '2046-01-01T00:00:00Z' }))
    await collector.archived()
    later(24 * HOUR_MS)
    expect(await read('start=2045-01-01')).toEqual([])
  })

  it.each(['asc', 'desc'])('gives each event once, %s, while more arrive', async (sort) => {
    const sent: string[] = []
    for (const hour of [0, 1, 2]) {
      for (const n of [0, 1, 2, 3]) sent.push(`${hour}.${n}`)
      await collector.batch(...sent.slice(-4).map((id) => track(id)))
      await batchToApp(track(`app ${hour}`, { anonymousId: 'phone' }))
      sent.push(`app ${hour}`)
      await collector.archived()
      await collector.archived('app')
      later(HOUR_MS)
    }
    const pages = await api.walk(`${EVENTS}?limit=4&sort=${sort}`, async () => {
      await collector.batch(track(`late ${Date.now()}`))
      await collector.archived()
    })
    const seen = idsOf(pages)
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen).toEqual(expect.arrayContaining(sent))
  })

  it('reads no chunk but those with their events, nor more than a page needs', async () => {
    for (const hour of [0, 1, 2]) {
      await collector.batch(track(`${hour}`), track(`other ${hour}`, { userId: 'bob' }))
      await collector.archived()
      await collector.batch(track(`bob ${hour}`, { userId: 'bob' }))
      await collector.archived()
      later(HOUR_MS)
    }
    const get = vi.spyOn(env.ARCHIVE, 'get')
    expect(await read('limit=1')).toEqual(['2'])
    expect(get).toHaveBeenCalledTimes(2)
  })

  it.each([
    ['start=yesterday', 'The parameter `start` is not an ISO 8601 time.'],
    ['end=x', 'The parameter `end` is not an ISO 8601 time.'],
    ['sort=up', 'The parameter `sort` must be `asc` or `desc`.'],
    ['limit=101', 'The parameter `limit` must be a whole number from 1 to 100.'],
    ['next=x', 'The parameter `next` is no cursor of this list.'],
  ])('refuses %s', async (query, message) => {
    const response = await api.get(`${EVENTS}?${query}`)
    expect([response.status, await response.json()]).toEqual([
      400,
      { error: { code: 'invalid_request_error', message } },
    ])
  })

  it('says of an account that its events are not indexed', async () => {
    space.put({ ids: [{ type: 'group_id', value: 'g1' }], collection: 'accounts' })
    const path = `${PROFILES.replace('users', 'accounts')}/group_id:g1/events`
    expect((await api.get(path)).status).toBe(400)
  })
})

describe('/metadata', () => {
  const METADATA = `${PROFILES}/user_id:ada/metadata`

  it('tells the first and the last event of a profile, of any age', async () => {
    await collector.batch(
      track('seen', { anonymousId: 'laptop' }),
      track('bobs', { userId: 'bob' }),
    )
    await collector.archived()
    later(100 * 24 * HOUR_MS)
    expect(await api.read(METADATA)).toEqual({
      metadata: {
        created_at: '2046-11-20T08:00:00.000Z',
        updated_at: '2046-11-20T08:00:01.000Z',
        expires_at: null,
        first_message_id: 'm1',
        first_source_id: 'shop',
        last_message_id: 'seen',
        last_source_id: 'shop',
      },
    })
  })

  it('names the event of the newest id while the archive has none', async () => {
    const { metadata } = await api.read(METADATA)
    expect(metadata).toMatchObject({ last_message_id: 'm4', last_source_id: 'shop' })
  })
})
