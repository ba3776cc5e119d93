import { reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { appendSegments } from '../../../worker/accept/append.ts'
import { segment } from '../../support/events.ts'
import { heldAppend, withLog } from '../../support/log.ts'

const kept = vi.hoisted(() => vi.fn())
vi.mock('cloudflare:workers', async (read) => {
  const workers = await read<typeof import('cloudflare:workers')>()
  return { ...workers, waitUntil: kept }
})

beforeEach(() => vi.spyOn(console, 'error').mockReturnValue())
afterEach(async () => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  await reset()
})

const append = (bindings: Env, intake: string, ...segments: Uint8Array[]) =>
  appendSegments(bindings, { intake, segments, isUrgent: false })
const one = (id: number) => segment(BigInt(id), [BigInt(id) + 1_000n])

describe('a leader', () => {
  it('has its call kept alive until the group is settled, should its client hang up', async () => {
    kept.mockClear()
    const { append: log, answerNext } = heldAppend()
    const requests = [1, 2].map((id) =>
      append(
        withLog(() => log),
        'kept:any:0',
        one(id),
      ),
    )
    expect(kept).toHaveBeenCalledTimes(1)
    answerNext()
    await kept.mock.calls[0]?.[0]
    await vi.waitUntil(() => log.mock.calls.length === 2)
    expect(kept).toHaveBeenCalledTimes(2)
    answerNext()
    await kept.mock.calls[1]?.[0]
    expect(await Promise.all(requests)).toEqual(['durable', 'durable'])
  })
})

describe('a leader that was cut off', () => {
  it('blocks nobody after its time', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] }) // its limits never come
    const startMs = Date.now()
    vi.spyOn(scheduler, 'wait').mockImplementation(async (ms) => {
      vi.setSystemTime(Date.now() + ms)
    })
    const hanging = withLog(() => () => new Promise<never>(() => {}))
    void append(hanging, 'cut:any:0', one(1))
    expect(await append(env, 'cut:any:0', one(2))).toBe('unavailable') // as old as the leader
    expect(Date.now() - startMs).toBeGreaterThanOrEqual(12_000)
    expect(await append(env, 'cut:any:0', one(3))).toBe('durable')
    expect(await env.INTAKE.getByName('cut:any:0').totals()).toMatchObject({ events: 1 })
  })

  it('hands over to who came later', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] })
    vi.spyOn(scheduler, 'wait').mockImplementation(async (ms) => {
      vi.setSystemTime(Date.now() + ms)
    })
    const hanging = withLog(() => () => new Promise<never>(() => {}))
    void append(hanging, 'later:any:0', one(1))
    const leftMs = Date.now() + 12_000
    vi.setSystemTime(leftMs - 4_000)
    expect(await append(env, 'later:any:0', one(2))).toBe('durable')
    expect(Date.now()).toBeGreaterThanOrEqual(leftMs)
    expect(Date.now()).toBeLessThan(leftMs + 8)
  })

  it('has its entry sent by another, who waits no longer than 12 s for its own', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] })
    const { append: log, answerNext } = heldAppend()
    const bindings = withLog(() => log)
    vi.spyOn(scheduler, 'wait')
      .mockImplementationOnce(() => new Promise(() => {})) // the large request is cut off
      .mockImplementation(async (ms) => {
        vi.setSystemTime(Date.now() + ms)
      })
    const sizes = [1, 262_144, 2]
    const [first, , last] = sizes.map((size) =>
      append(bindings, 'left:any:1', new Uint8Array(size)),
    )
    answerNext()
    expect(await first).toBe('durable')
    expect(await last).toBe('unavailable')
    const sent = log.mock.calls.map(([segments]) => segments.map(({ length }) => length))
    expect(sent).toEqual([[1], [262_144]])
  })
})
