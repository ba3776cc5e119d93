import { abortAllDurableObjects, reset, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Destination } from '../../../durable-objects/destination/destination.ts'

const START_MS = Date.parse('2046-11-25T12:00:00Z')
/** As in the test configuration. */
const LEASE_MS = 30_000
const WAKE_MS = 60_000

const chunk = (n: number) => ({ intake: 'shop.any.0.deadbeef', chunk: n, key: `k${n}`, lines: 3 })
const nothing = { delivered: [], filtered: {}, dead: {}, failure: null }
let nowMs = START_MS
let sent: number[] = []

beforeEach(() => {
  nowMs = START_MS
  sent = []
  vi.spyOn(Date, 'now').mockImplementation(() => nowMs)
  vi.spyOn(env.DELIVERIES, 'sendBatch').mockImplementation(async (messages) => {
    sent.push(...[...messages].map(({ body }) => (body as { c: number }).c))
    return { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } }
  })
})
afterEach(async () => {
  vi.restoreAllMocks()
  await reset()
})

const destination = () => env.DESTINATION.getByName('tool')
const alarmNow = () => runInDurableObject(destination(), (object: Destination) => object.alarm())
const alarmAt = () => runInDurableObject(destination(), (_, { storage }) => storage.getAlarm())
/** Begins one slice and expects to get its lease. */
async function go(n: number): Promise<string> {
  const [answer] = await destination().begin([chunk(n)])
  if (answer?.kind !== 'go') throw new Error(`slice ${n} should go: ${JSON.stringify(answer)}`)
  return answer.token
}

describe('Destination', () => {
  it('registers a chunk once, however often it is owed, and sends one pointer', async () => {
    await destination().owe([chunk(1), chunk(2)])
    await destination().owe([chunk(1), chunk(2)])
    await vi.waitFor(() => expect(sent).toEqual([1, 2]))
    expect(await destination().state()).toEqual({ owed: 6, delivered: 0, filtered: {}, dead: {} })
  })

  it('has a queue of its own if it is that of profiles', async () => {
    const profiles = vi.spyOn(env.PROFILES, 'sendBatch').mockResolvedValue({
      metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } },
    })
    await env.DESTINATION.getByName('profiles').owe([chunk(1)])
    await vi.waitFor(() => expect(profiles).toHaveBeenCalledOnce())
    expect(sent).toEqual([])
  })

  it('wakes what no pointer touches, after WAKE_SECONDS', async () => {
    await destination().owe([chunk(1)])
    await vi.waitFor(() => expect(sent).toEqual([1]))
    expect(await alarmAt()).toBe(START_MS + WAKE_MS)
    nowMs += WAKE_MS - 1
    await alarmNow()
    expect(sent).toEqual([1])
    nowMs += 1
    await alarmNow()
    expect(sent).toEqual([1, 1])
  })

  it('wakes at once after a start, because the pointers of before may be gone', async () => {
    await destination().owe([chunk(1)])
    await vi.waitFor(() => expect(sent).toEqual([1]))
    await abortAllDurableObjects()
    expect(await alarmAt()).toBeLessThanOrEqual(START_MS + 1)
    await alarmNow()
    expect(sent).toEqual([1, 1])
  })

  it('waits after a start for the end of a lease that is still held', async () => {
    await destination().owe([chunk(1)])
    await go(1)
    await abortAllDurableObjects()
    await alarmNow()
    expect(sent).toEqual([1])
    expect(await alarmAt()).toBe(START_MS + LEASE_MS)
    nowMs += LEASE_MS
    await alarmNow()
    expect(sent).toEqual([1, 1])
  })

  it('settles a slice and is done with its later pointers, after a start too', async () => {
    await destination().owe([chunk(1)])
    const token = await go(1)
    const settled = await destination().settle(chunk(1), {
      ...nothing,
      token,
      delivered: [0, 1],
      filtered: { NO_MATCHING_MAPPING: [2] },
    })
    expect(settled).toEqual({ nextAtMs: null })
    await abortAllDurableObjects()
    expect(await destination().begin([chunk(1)])).toEqual([{ kind: 'done' }])
    expect(await destination().state()).toEqual({
      owed: 0,
      delivered: 2,
      filtered: { NO_MATCHING_MAPPING: 1 },
      dead: {},
    })
  })

  it('hands out only what is left after a part failed', async () => {
    await destination().owe([chunk(1)])
    const token = await go(1)
    const facts = { ...nothing, token, delivered: [1], failure: '503' }
    const { nextAtMs } = await destination().settle(chunk(1), facts)
    expect(nextAtMs).toBeGreaterThanOrEqual(nowMs)
    nowMs = Math.max(nowMs, nextAtMs ?? 0)
    await abortAllDurableObjects()
    expect(await destination().begin([chunk(1)])).toMatchObject([{ kind: 'go', owed: [0, 2] }])
  })

  it('answers each pointer of a batch by itself', async () => {
    await destination().owe([chunk(1), chunk(2)])
    await go(1)
    expect(await destination().begin([chunk(1), chunk(2), chunk(9)])).toMatchObject([
      { kind: 'wait', untilMs: START_MS + LEASE_MS },
      { kind: 'go' },
      { kind: 'done' },
    ])
  })

  it('sends again soon when the queue did not take its pointers', async () => {
    vi.mocked(env.DELIVERIES.sendBatch).mockRejectedValueOnce(new Error('overloaded'))
    vi.spyOn(console, 'error').mockReturnValue()
    await destination().owe([chunk(1)])
    await vi.waitFor(async () => expect(await alarmAt()).toBe(START_MS + 5_000))
    nowMs += 5_000
    await alarmNow()
    expect(sent).toEqual([1])
  })

  it('forgets settled slices after 30 days', async () => {
    await destination().owe([chunk(1), chunk(2)])
    const token = await go(1)
    await destination().settle(chunk(1), { ...nothing, token, delivered: [0, 1, 2] })
    nowMs += 31 * 86_400_000
    await alarmNow()
    const rows = await runInDurableObject(destination(), (_, { storage }) =>
      storage.sql.exec('SELECT chunk FROM slice').toArray(),
    )
    expect(rows).toEqual([{ chunk: 2 }])
  })
})
