// Events of keys that nobody knows yet are never decided at the edge.
import { abortAllDurableObjects, reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Collector, WRITE_KEY } from '../../support/collector.ts'
import { track } from '../../support/events.ts'
import { workspace } from '../../support/mocked-workspace.ts'
import { source } from '../../support/workspace.ts'

vi.mock(
  '../../../durable-objects/workspace/fixed-workspace.ts',
  () => import('../../support/mocked-workspace.ts'),
)

const OTHER_KEY = 'other-write-key-0000000000000000'
const HEADERS = {
  'cf-connecting-ip': '203.0.113.77',
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0',
}
let collector: Collector

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2046-11-25T12:00:00Z') })
  vi.spyOn(console, 'error').mockReturnValue()
  workspace.has()
  collector = new Collector(workspace)
})
afterEach(async () => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  await reset()
})

describe('the unverified Intake', () => {
  it('forwards what was sent 100 ms after its source was created, stamped as if it had been known', async () => {
    const known = {
      ...track({ messageId: 'a', timestamp: '2046-11-25T11:00:00Z' }),
      sentAt: '2046-11-25T11:00:05Z',
    }
    workspace.justGot(source({ ipPolicy: 'truncate' }))
    await collector.post('/v1/t', { ...known, writeKey: WRITE_KEY }, HEADERS)
    workspace.late = null
    await collector.post('/v1/t', { ...known, messageId: 'b', writeKey: WRITE_KEY }, HEADERS)
    await collector.verify()
    const archived = await collector.archived()
    const [b, a] = archived.map(({ messageId: _, ...line }) => line)
    expect(archived.map(({ messageId }) => messageId)).toEqual(['b', 'a'])
    expect(a).toEqual(b)
    expect(a).toMatchObject({
      timestamp: '2046-11-25T11:59:55.000Z',
      receivedAt: '2046-11-25T12:00:00.000Z',
      channel: 'browser',
      context: { ip: '203.0.113.0', userAgent: HEADERS['user-agent'], bot: { score: 0 } },
    })
  })

  it('keeps what a fresh process receives while no configuration can be read, for as long as that lasts', async () => {
    workspace.now = null
    for (const messageId of ['a', 'b']) {
      const body = { ...track({ messageId }), writeKey: WRITE_KEY }
      expect((await collector.post('/v1/track', body)).status).toBe(200)
    }
    for (let hour = 0; hour < 30; hour += 1) {
      await collector.verify()
      vi.setSystemTime(Date.now() + 3_600_000)
    }
    await abortAllDurableObjects()
    expect(await collector.totals('unverified')).toMatchObject({ events: 2, forwarded: 0 })
    workspace.has(source())
    await collector.verify()
    expect(await collector.archived()).toMatchObject([{ messageId: 'a' }, { messageId: 'b' }])
  })

  it('asks for a snapshot that its events cannot be younger than, not for one that is at hand', async () => {
    workspace.justGot(source())
    await collector.batch(track())
    await collector.verify()
    expect(await collector.totals('unverified')).toMatchObject({ forwarded: 1, discards: {} })
  })

  it('waits no longer than it must for a workspace that hangs', async () => {
    vi.spyOn(workspace, 'snapshot').mockReturnValue(new Promise(() => {}))
    expect((await collector.batch(track())).status).toBe(200)
    expect(await collector.totals('unverified')).toMatchObject({ events: 1 })
  })

  it('asks no source twice that has answered, however long another is sick', async () => {
    workspace.has(source(), source({ id: 'sick', writeKeys: [OTHER_KEY] }))
    workspace.late = { version: 0, sources: [], destinations: [] }
    await collector.batch(track({ messageId: 'a' }))
    await collector.post('/v1/track', { ...track({ messageId: 'b' }), writeKey: OTHER_KEY })
    const getByName = env.INTAKE.getByName.bind(env.INTAKE)
    const asked: string[] = []
    const spy = vi.spyOn(env.INTAKE, 'getByName').mockImplementation((name) => {
      asked.push(name)
      if (name === 'sick:any:0') throw new Error('the object cannot start')
      return getByName(name)
    })
    for (let attempt = 0; attempt < 3; attempt += 1) await collector.verify()
    await abortAllDurableObjects()
    await collector.verify()
    expect(asked.filter((name) => name === 'shop:any:0')).toHaveLength(1)
    spy.mockRestore()
    await collector.verify()
    expect(await collector.totals('sick')).toMatchObject({ events: 1 })
    expect(await collector.totals()).toMatchObject({ events: 1, duplicates: 0 })
    expect(await collector.totals('unverified')).toMatchObject({ events: 0, forwarded: 2 })
  })

  it('forwards to a source, however many chunks wait for another that is sick', async () => {
    workspace.has(source(), source({ id: 'sick', writeKeys: [OTHER_KEY] }))
    workspace.late = { version: 0, sources: [], destinations: [] }
    const getByName = env.INTAKE.getByName.bind(env.INTAKE)
    vi.spyOn(env.INTAKE, 'getByName').mockImplementation((name) => {
      if (name === 'sick:any:0') throw new Error('the object cannot start')
      return getByName(name)
    })
    for (let chunk = 0; chunk < 6; chunk += 1) {
      await collector.post('/v1/track', { ...track(), writeKey: OTHER_KEY })
      await collector.verify()
    }
    await collector.batch(track())
    await collector.verify()
    expect(await collector.totals()).toMatchObject({ events: 1 })
  })

  it('gives an event to the source that owned its key when it was decided, though the key moves', async () => {
    workspace.has(source(), source({ id: 'sick', writeKeys: [OTHER_KEY] }))
    workspace.late = { version: 0, sources: [], destinations: [] }
    await collector.post('/v1/track', { ...track(), writeKey: OTHER_KEY })
    const getByName = env.INTAKE.getByName.bind(env.INTAKE)
    const spy = vi.spyOn(env.INTAKE, 'getByName').mockImplementation((name) => {
      if (name === 'sick:any:0') throw new Error('the object cannot start')
      return getByName(name)
    })
    await collector.verify()
    spy.mockRestore()
    workspace.has(source({ writeKeys: [OTHER_KEY] }))
    await collector.verify()
    expect(await collector.totals('sick')).toMatchObject({ events: 1 })
    expect(await collector.totals('shop')).toMatchObject({ events: 0 })
  })

  it('discards and counts what nobody owns, once a snapshot says so', async () => {
    await collector.batch(track(), track(), 7)
    await collector.verify()
    expect(await collector.totals('unverified')).toEqual({
      events: 0,
      duplicates: 0,
      discards: { unknown_source: 2, UNSUPPORTED_EVENT_TYPE: 1 },
      forwarded: 0,
      archived: 0,
    })
    await abortAllDurableObjects()
    expect(await collector.totals('unverified')).toMatchObject({ discards: { unknown_source: 2 } })
  })

  it('takes an event that was discarded, and is sent again once its source is there', async () => {
    const event = track({ messageId: 'again' })
    await collector.batch(event)
    await collector.verify()
    workspace.has(source())
    await collector.batch(event)
    expect(await collector.archived()).toHaveLength(1)
  })

  it('keeps apart whose is whose, and discards go to their source too', async () => {
    await collector.batch(track(), { type: 'track', userId: 'u' })
    await collector.post('/v1/batch', { writeKey: OTHER_KEY, batch: [track(), track()] })
    workspace.has(source(), source({ id: 'other', writeKeys: [OTHER_KEY], enabled: false }))
    await collector.verify()
    expect(await collector.totals()).toMatchObject({
      events: 1,
      discards: { event_not_defined: 1 },
    })
    expect(await collector.totals('other')).toMatchObject({
      events: 0,
      discards: { source_disabled: 2 },
    })
    expect(await collector.totals('unverified')).toMatchObject({ forwarded: 4, discards: {} })
  })

  it('forwards once, however often it must begin again', async () => {
    await collector.batch(track({ messageId: 'a' }), track({ messageId: 'b' }), track())
    workspace.has(source())
    const getByName = env.INTAKE.getByName.bind(env.INTAKE)
    const appended = vi.fn()
    vi.spyOn(env.INTAKE, 'getByName').mockImplementation((name) => {
      const stub = getByName(name)
      if (name !== 'shop:any:0') return stub
      return Object.assign(Object.create(stub), {
        append: async (segments: readonly Uint8Array[]) => {
          await stub.append(segments)
          appended()
          if (appended.mock.calls.length < 3) throw new Error('the answer was lost')
          return { state: 'durable' }
        },
      })
    })
    for (let attempt = 0; attempt < 4; attempt += 1) await collector.verify()
    expect(appended).toHaveBeenCalledTimes(3)
    expect(await collector.totals()).toMatchObject({ events: 3, duplicates: 0 })
    expect(await collector.totals('unverified')).toMatchObject({ forwarded: 3 })
  })

  it('finds a duplicate where the source has it already', async () => {
    workspace.has(source())
    await collector.batch(track({ messageId: 'a' }))
    workspace.now = null
    await collector.batch(track({ messageId: 'a' }), track({ messageId: 'b' }))
    workspace.has(source())
    await collector.verify()
    expect(await collector.totals()).toMatchObject({ events: 2, duplicates: 1 })
  })

  it('keeps an event of the largest size, which its message id would make too large', async () => {
    const empty = new TextEncoder().encode(JSON.stringify(track({ p: '' }))).length
    await collector.batch(track({ p: 'x'.repeat(32_767 - empty) }))
    workspace.has(source())
    await collector.verify()
    expect(await collector.archived()).toHaveLength(1)
  })
})
