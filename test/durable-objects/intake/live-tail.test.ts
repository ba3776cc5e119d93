import { evictDurableObject, reset, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { LiveTail } from '../../../durable-objects/intake/live-tail.ts'
import type { DiscardReason } from '../../../worker/event/discard.ts'
import { encodeSegment } from '../../../worker/event/segment.ts'
import { eventItem, segment } from '../../support/events.ts'
import { Watcher } from '../../support/watcher.ts'

let source = ''
beforeEach(({ task }) => {
  source = `live-${task.id}`
})
afterEach(async () => {
  vi.restoreAllMocks()
  await reset()
})

const intake = () => env.INTAKE.getByName(`${source}:any:0`)
const event = (n: bigint) => segment(1_000n + n, [n])
const upgrade = (filters: object = {}) => {
  const query = new URLSearchParams({ filters: JSON.stringify(filters) })
  const headers = { Upgrade: 'websocket' }
  return intake().fetch(`https://intake/live?${query}`, { headers })
}
const watch = async (filters: object = {}) => new Watcher(await upgrade(filters))
const ids = (watcher: Watcher) =>
  watcher.items.map(({ event }) => (typeof event === 'object' ? event?.messageId : event))
/** Once this is shown, all that came before would have been as well. */
async function settle(watcher: Watcher) {
  await intake().append([event(999n)])
  await vi.waitFor(() => expect(ids(watcher)).toContain('m999'))
}

function typed(n: bigint, fields: object, kind: 'event' | DiscardReason = 'event') {
  const line = new TextEncoder().encode(`${JSON.stringify({ messageId: `m${n}`, ...fields })}\n`)
  const items = [{ ...eventItem(n), kind, line }]
  return encodeSegment({ id: 2_000n + n, source, receivedAtMs: 1_764_000_000_000, items })
}

describe('the live tail', () => {
  it('shows events, duplicates and discards with their reason, in the order of commits', async () => {
    const watcher = await watch()
    await intake().append([event(1n), typed(2n, { type: 'track' }, 'no_user_anon_id')])
    await intake().append([segment(9n, [1n, 3n])])
    const items = await watcher.shown(4)
    const receivedAt = '2025-11-24T16:00:00.000Z'
    expect(items).toEqual([
      { kind: 'event', receivedAt, event: { type: 'track', messageId: 'm1', receivedAt } },
      {
        kind: 'discard',
        reason: 'no_user_anon_id',
        receivedAt,
        event: { messageId: 'm2', type: 'track' },
      },
      { kind: 'duplicate', receivedAt, event: null },
      { kind: 'event', receivedAt, event: { type: 'track', messageId: 'm3', receivedAt } },
    ])
  })

  it('shows a segment that is sent again once, as it is counted', async () => {
    const watcher = await watch()
    await intake().append([event(1n)])
    await intake().append([event(1n)])
    await settle(watcher)
    expect(ids(watcher)).toEqual(['m1', 'm999'])
  })

  it('shows an event within 200 ms of its commit, a second one as well', async () => {
    const watcher = await watch()
    for (const n of [1n, 2n]) {
      await intake().append([event(n)])
      const committedAt = performance.now()
      await watcher.shown(Number(n))
      expect(performance.now() - committedAt).toBeLessThan(200)
    }
  })

  it('shows all to each watcher, and to each what it asked for', async () => {
    const [all, pages] = [await watch(), await watch({ type: ['page'] })]
    await intake().append([typed(1n, { type: 'track' }), typed(2n, { type: 'page' })])
    expect([await all.shown(2), await pages.shown(1)].map(({ length }) => length)).toEqual([2, 1])
    expect(ids(pages)).toEqual(['m2'])
  })

  it('takes other filters while it runs', async () => {
    const watcher = await watch({ type: ['page'] })
    watcher.socket.send('{"filters":{"user":"ada"}}')
    expect(await watcher.ask('ping')).toBe('pong')
    await vi.waitFor(async () => {
      await intake().append([typed(BigInt(Date.now()), { type: 'track', userId: 'ada' })])
      expect(watcher.items).not.toEqual([])
    })
    expect(watcher.items[0]).toMatchObject({ event: { type: 'track', userId: 'ada' } })
  })

  it('answers a message that makes no sense, and changes nothing', async () => {
    const watcher = await watch({ type: ['page'] })
    expect(await watcher.ask('hello')).toBe('{"error":"the message is not JSON"}')
    expect(await watcher.ask('{"filters":{"type":["click"]}}')).toContain(
      '{"error":"filters.type.0',
    )
    expect(await watcher.ask('x'.repeat(5_000))).toContain('at most 4096 characters')
    await intake().append([typed(1n, { type: 'track' }), typed(2n, { type: 'page' })])
    await watcher.shown(1)
    expect(ids(watcher)).toEqual(['m2'])
  })

  it('keeps its sockets and their filters over a sleep', async () => {
    const watcher = await watch({ name: 'order' })
    watcher.socket.send('{"filters":{"name":"home"}}')
    await watcher.ask('is it heard?')
    await evictDurableObject(intake())
    await intake().append([
      typed(1n, { type: 'track', event: 'Order' }),
      typed(2n, { type: 'page', name: 'Home' }),
    ])
    await watcher.shown(1)
    expect(ids(watcher)).toEqual(['m2'])
    expect(watcher.closed).toBeNull()
  })

  it('sends at most 100 items a frame, ten frames a second, and counts what it drops', async () => {
    const watcher = await watch()
    const startedAt = performance.now()
    await intake().append([
      segment(
        9n,
        Array.from({ length: 1_250 }, (_, n) => BigInt(n + 1)),
      ),
    ])
    await watcher.shown(1_000)
    expect(performance.now() - startedAt).toBeGreaterThan(850)
    expect(watcher.frames.map(({ items, dropped }) => [items.length, dropped])).toEqual([
      [100, 250],
      ...Array.from({ length: 9 }, () => [100, 0]),
    ])
    expect(ids(watcher)[0]).toBe('m251')
  })

  it('goes on for others when a watcher leaves', async () => {
    const [leaving, staying] = [await watch(), await watch()]
    leaving.socket.close(1000, 'enough')
    await intake().append([event(1n)])
    await staying.shown(1)
    await vi.waitFor(() => expect(leaving.closed).toBe(1000))
    const open = await runInDurableObject(intake(), (_, ctx) => ctx.getWebSockets().length)
    expect(open).toBe(1)
  })

  it('takes 32 watchers and no more', async () => {
    for (let n = 0; n < 32; n += 1) await watch()
    expect((await upgrade()).status).toBe(429)
  })

  it('never keeps an append from its answer', async () => {
    const watcher = await watch()
    const report = vi.spyOn(console, 'error').mockReturnValue()
    vi.spyOn(WebSocket.prototype, 'deserializeAttachment').mockImplementation(() => {
      throw new Error('unreadable')
    })
    expect(await intake().append([event(1n)])).toEqual({ state: 'durable' })
    expect(report).toHaveBeenCalledWith(expect.stringContaining('LIVE_TAIL_FAILED'))
    expect(watcher.items).toEqual([])
  })
})

describe('the live tail while nobody watches', () => {
  it('looks at nothing that is committed', () => {
    const commit = new Proxy(
      { row: { atMs: 0, segments: [] } },
      {
        get: () => {
          throw new Error('the commit was read')
        },
      },
    )
    const report = vi.spyOn(console, 'error').mockReturnValue()
    new LiveTail({ getWebSockets: () => [] } as unknown as DurableObjectState).publish([commit])
    expect(report).not.toHaveBeenCalled()
  })

  it('parses no event, sets no timer and writes no row, before and after someone did', async () => {
    const parse = vi.spyOn(JSON, 'parse')
    const timer = vi.spyOn(globalThis, 'setTimeout')
    const lines = () => parse.mock.calls.filter(([text]) => text.includes('messageId')).length
    await intake().append([event(1n)])
    expect([lines(), timer.mock.calls.length]).toEqual([0, 0])
    const watcher = await watch({ type: ['track'] })
    await intake().append([event(2n)])
    await vi.waitFor(() => expect(watcher.messages).toHaveLength(1))
    expect(lines()).toBe(1)
    watcher.socket.close()
    await vi.waitFor(() => expect(watcher.closed).not.toBeNull())
    await intake().append([event(3n)])
    expect(lines()).toBe(1)
    const tables = await runInDurableObject(intake(), (_, { storage }) =>
      storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'ticket'").toArray(),
    )
    expect(tables).toEqual([])
  })

  it('sets a timer while items wait, and none for what is sent at once', async () => {
    const watcher = await watch()
    const timer = vi.spyOn(globalThis, 'setTimeout')
    await intake().append([event(1n)])
    await watcher.shown(1)
    expect(timer).not.toHaveBeenCalled()
    const many = Array.from({ length: 250 }, (_, n) => BigInt(n + 2))
    await intake().append([segment(9n, many)], { urgent: true })
    await watcher.shown(251)
    const frames = watcher.frames.length - 1
    expect(timer.mock.calls.length).toBeLessThanOrEqual(frames)
    expect(timer).toHaveBeenCalled()
  })
})
