// The outbox over a store and destinations that are driven, its clock too.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { OwedChunk } from '../../../durable-objects/destination/ledger.ts'
import type { Chunk } from '../../../durable-objects/intake/chunk.ts'
import { NO_COUNTS } from '../../../durable-objects/intake/counts.ts'
import { IntakeMemory } from '../../../durable-objects/intake/intake-memory.ts'
import type { IntakeStore } from '../../../durable-objects/intake/intake-store.ts'
import { Outbox } from '../../../durable-objects/intake/outbox.ts'
import { encodePacked } from '../../../durable-objects/intake/packed-index.ts'
import type { Snapshot } from '../../../durable-objects/workspace/snapshot.ts'
import { eventItem } from '../../support/events.ts'

const MINUTE_MS = 60_000
const NET_MS = 5_000
const NOTHING_PACKED = encodePacked([], new Set())

beforeEach(() => {
  const now = new Date('2046-11-25T12:00:00Z')
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now })
  vi.spyOn(console, 'error').mockReturnValue()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const hang = () => new Promise<never>(() => {})

/** An outbox of the shop, which has the destinations that are given. */
function world(...destinations: string[]) {
  const memory = new IntakeMemory({ forgotten: NO_COUNTS, sealed: [], unsealed: [] })
  const rows = new Map<number, Chunk>()
  const owe = vi.fn(async (_destination: string, _chunks: readonly OwedChunk[]) => {})
  const put = vi.fn(async () => {})
  const snapshot = vi.fn(async () => snapshotOf(destinations))
  const stubOf = (name: string) => ({ owe: (chunks: OwedChunk[]) => owe(name, chunks) })
  const store = {
    chunkBytes: () => 0,
    readCommits: (n: number) => [{ segments: [{ items: [eventItem(BigInt(n))] }] }],
    updateChunk: (chunk: Chunk) => void rows.set(chunk.seq, chunk),
  }
  const env = { ARCHIVE: { put }, DESTINATION: { getByName: stubOf } }
  const outbox = new Outbox({
    env: env as unknown as Env,
    store: store as unknown as IntakeStore,
    workspace: { snapshot, snapshotSince: snapshot },
    memory,
    name: 'shop:any:0',
    source: 'shop',
    intake: 'shop.any.0.00000000',
    afterwards: () => {},
  })
  const plan = (count = 1) => {
    for (let n = 0; n < count; n += 1) {
      memory.addPlanned({ ...plannedChunk(memory.nextChunk), packed: NOTHING_PACKED })
    }
  }
  const states = () => [...rows.values()].map(({ seq, state }) => [seq, state])
  const owedTo = (name: string) =>
    owe.mock.calls
      .filter(([destination]) => destination === name)
      .map(([, chunks]) => chunks.map(({ chunk }) => chunk))
  return { outbox, memory, plan, states, store, owe, owedTo, put, snapshot }
}

/** Lets timers of some seconds run, and what they wake. */
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

describe('an outbox', () => {
  it('archives at once while a snapshot hangs, and routes when there is one', async () => {
    const { outbox, plan, states, snapshot } = world('a')
    snapshot.mockImplementationOnce(hang).mockImplementationOnce(hang)
    plan()
    void outbox.work()
    await pass(10)
    expect(states()).toEqual([[1, 'archived']])
    await pass(12_000)
    void outbox.work()
    await pass(10)
    expect(states()).toEqual([[1, 'routed']])
  })

  it('archives and routes the next chunk while a destination hangs, and asks nobody twice', async () => {
    const { outbox, plan, states, owe, owedTo } = world('a', 'b')
    owe.mockImplementation((name) => (name === 'b' ? hang() : Promise.resolve()))
    for (let chunk = 1; chunk <= 3; chunk += 1) {
      plan()
      void outbox.work()
      await pass(1_100)
    }
    expect(states()).toEqual([
      [1, 'archived'],
      [2, 'archived'],
      [3, 'archived'],
    ])
    expect([owedTo('a'), owedTo('b')]).toEqual([[[1], [2], [3]], [[1]]])
    owe.mockResolvedValue()
    await pass(20_000)
    void outbox.work()
    await pass(10)
    expect([owedTo('a'), owedTo('b')]).toEqual([
      [[1], [2], [3]],
      [[1], [1, 2, 3]],
    ])
    expect(states().map(([, state]) => state)).toEqual(['routed', 'routed', 'routed'])
  })

  it('routes what is archived while R2 hangs', async () => {
    const { outbox, plan, states, owe, put } = world('a')
    owe.mockRejectedValueOnce(new Error('the object was reset'))
    plan()
    void outbox.work()
    await pass(1_000)
    expect(states()).toEqual([[1, 'archived']])
    put.mockImplementation(hang)
    plan()
    void outbox.work()
    await pass(10)
    expect(states()).toEqual([[1, 'routed']])
  })

  it('wakes for each back-off: of R2, and of each destination', async () => {
    const { outbox, plan, owe, put } = world('a')
    const dueInMs = () => (outbox.dueAtMs(Date.now() + NET_MS) ?? Number.NaN) - Date.now()
    expect(outbox.dueAtMs(Date.now() + NET_MS)).toBeNull()
    put.mockRejectedValueOnce(new Error('R2 is down'))
    plan()
    const working = outbox.work()
    expect(dueInMs()).toBe(NET_MS)
    await working
    expect(dueInMs()).toBeGreaterThanOrEqual(500)
    await outbox.work()
    expect(put).toHaveBeenCalledTimes(1)
    await pass(1_000)
    owe.mockRejectedValueOnce(new Error('the object was reset'))
    await outbox.work()
    expect(put).toHaveBeenCalledTimes(2)
    expect(dueInMs()).toBeGreaterThanOrEqual(500)
    await pass(1_000)
    await outbox.work()
    expect(outbox.dueAtMs(Date.now() + NET_MS)).toBeNull()
  })

  it('archives the others when as many cannot be as are put at once', async () => {
    const { outbox, plan, states, store } = world()
    const { readCommits } = store
    store.readCommits = (n) => {
      if (n <= 4) throw new Error('a row of another version')
      return readCommits(n)
    }
    plan(6)
    await outbox.work()
    await pass(MINUTE_MS)
    await outbox.work()
    expect(states().map(([seq]) => seq)).toEqual([5, 6])
  })

  it('owes at most 64 chunks in a call', async () => {
    const { outbox, plan, owedTo } = world('a')
    plan(150)
    await outbox.work()
    expect(owedTo('a').map(({ length }) => length)).toEqual([64, 64, 22])
  })

  it('calls a destination that is down for an hour now and then, the other with each chunk once', async () => {
    const { outbox, memory, plan, owe, owedTo } = world('a', 'down')
    owe.mockImplementation(async (name) => {
      if (name === 'down') throw new Error('the object cannot start')
    })
    for (let chunk = 1; chunk <= 1_200; chunk += 1) {
      plan()
      await outbox.work()
      await pass(3_000)
    }
    expect(owedTo('a').flat()).toHaveLength(1_200)
    expect(owedTo('down').length).toBeLessThan(130)
    expect(Math.max(...owedTo('down').map(({ length }) => length))).toBe(64)
    expect(memory.open.size).toBe(1_200)
    owe.mockResolvedValue()
    await pass(MINUTE_MS)
    await outbox.work()
    expect(memory.open.size).toBe(0)
  })
})

function plannedChunk(seq: number): Chunk {
  return {
    seq,
    state: 'planned',
    from: seq,
    to: seq,
    plannedAtMs: Date.now(),
    key: `archive/shop/${seq}`,
    lines: 1,
    rawBytes: 10,
    crc32: 0,
    firstReceivedAtMs: Date.now(),
    lastReceivedAtMs: Date.now(),
    counts: { ...NO_COUNTS, events: 1 },
    destinations: null,
  }
}

function snapshotOf(destinations: readonly string[]): Snapshot {
  const of = (id: string) => ({ id, sourceId: 'shop', name: id, enabled: true })
  const kept = { catalogKey: 'webhook', settings: {}, subscriptions: [] }
  const configs = destinations.map((id) => ({ ...of(id), ...kept }))
  return { version: 1, sources: [], destinations: configs }
}
