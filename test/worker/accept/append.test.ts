import { reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { appendSegments } from '../../../worker/accept/append.ts'
import { decodeSegment } from '../../../worker/event/segment.ts'
import { segment } from '../../support/events.ts'
import { heldAppend, withLog } from '../../support/log.ts'

beforeEach(() => vi.spyOn(console, 'error').mockReturnValue())
afterEach(async () => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  await reset()
})

/** Appends segments as a request does; each test has Intakes of its own, as an isolate has one list for each. */
const append = (bindings: Env, intake: string, ...segments: Uint8Array[]) =>
  appendSegments(bindings, { intake, segments, isUrgent: false })
const idsOf = (segments: readonly Uint8Array[]) =>
  segments.map((bytes) => Number(decodeSegment(bytes).id))
/** A segment with one event; their ids differ, because an Intake keeps both in one table. */
const one = (id: number) => segment(BigInt(id), [BigInt(id) + 1_000n])
const called = (append: { mock: { calls: [readonly Uint8Array[], object][] } }) =>
  append.mock.calls.map(([segments]) => idsOf(segments))

describe('a lone request', () => {
  it('costs one call and waits for nothing', async () => {
    const wait = vi.spyOn(scheduler, 'wait')
    const getByName = vi.spyOn(env.INTAKE, 'getByName')
    expect(await append(env, 'lone:any:0', one(1))).toBe('durable')
    expect(getByName).toHaveBeenCalledTimes(1)
    expect(wait).not.toHaveBeenCalled()
  })

  it('costs one call each, one after the other', async () => {
    const getByName = vi.spyOn(env.INTAKE, 'getByName')
    for (const id of [1, 2, 3]) await append(env, 'series:any:0', one(id))
    expect(getByName).toHaveBeenCalledTimes(3)
    expect(await env.INTAKE.getByName('series:any:0').totals()).toMatchObject({ events: 3 })
  })
})

describe('requests that come while one is under way', () => {
  it('share the next call, and are answered when it ends', async () => {
    const { append: log, answerNext } = heldAppend()
    const bindings = withLog(() => log)
    const answered = vi.fn()
    const requests = [1, 2, 3, 4].map((id) =>
      append(bindings, 'shared:any:0', one(id)).then(answered),
    )
    expect(called(log)).toEqual([[1]])
    answerNext()
    await requests[0]
    await vi.waitUntil(() => log.mock.calls.length === 2)
    expect(called(log)).toEqual([[1], [2, 3, 4]])
    expect(answered.mock.calls).toEqual([['durable']])
    answerNext()
    await Promise.all(requests)
    expect(answered.mock.calls).toEqual(Array(4).fill(['durable']))
    expect(log).toHaveBeenCalledTimes(2)
  })

  it('are all answered unavailable when neither the object nor R2 took their group', async () => {
    vi.spyOn(env.ARCHIVE, 'put').mockRejectedValue(new Error('R2 is down'))
    const { append: log, answerNext } = heldAppend()
    const requests = [1, 2, 3].map((id) =>
      append(
        withLog(() => log),
        'down:any:0',
        one(id),
      ),
    )
    answerNext()
    await requests[0]
    await vi.waitUntil(() => log.mock.calls.length === 2)
    answerNext('full')
    expect(await Promise.all(requests)).toEqual(['durable', 'unavailable', 'unavailable'])
  })

  it('are urgent as soon as one of them is', async () => {
    const { append: log, answerNext } = heldAppend()
    const bindings = withLog(() => log)
    const intake = 'urgent:any:0'
    const requests = [false, false, true].map((isUrgent, id) =>
      appendSegments(bindings, { intake, segments: [one(id)], isUrgent }),
    )
    answerNext()
    await vi.waitUntil(() => log.mock.calls.length === 2)
    answerNext()
    await Promise.all(requests)
    expect(log.mock.calls.map(([, options]) => options)).toEqual([
      { urgent: false },
      { urgent: true },
    ])
  })

  it('have at most 256 KiB a call, unless one alone has more', async () => {
    const sizes = [1, 100_000, 100_000, 62_144, 1, 300_000, 1, 1]
    const { append: log, answerNext } = heldAppend()
    const bindings = withLog(() => log)
    const requests = sizes.map((size) => append(bindings, 'large:any:0', new Uint8Array(size)))
    for (let calls = 1; calls <= 5; calls += 1) {
      await vi.waitUntil(() => log.mock.calls.length === calls)
      answerNext()
    }
    await Promise.all(requests)
    const groups = log.mock.calls.map(([segments]) => segments.map(({ length }) => length))
    expect(groups).toEqual([[1], [100_000, 100_000, 62_144], [1], [300_000], [1, 1]])
  })

  it('to other Intakes wait for nobody, and their segments never mix', async () => {
    const logs = { 'left:any:0': heldAppend(), 'right:any:0': heldAppend() }
    const bindings = withLog((intake) => logs[intake as keyof typeof logs].append)
    const requests = [1, 2, 3, 4, 5, 6].map((id) =>
      append(bindings, id % 2 === 1 ? 'left:any:0' : 'right:any:0', one(id)),
    )
    for (const { append: log, answerNext } of Object.values(logs)) {
      expect(log).toHaveBeenCalledTimes(1)
      answerNext()
      await vi.waitUntil(() => log.mock.calls.length === 2)
      answerNext()
    }
    expect(await Promise.all(requests)).toEqual(Array(6).fill('durable'))
    expect(called(logs['left:any:0'].append)).toEqual([[1], [3, 5]])
    expect(called(logs['right:any:0'].append)).toEqual([[2], [4, 6]])
  })

  it('make far fewer calls than there are requests, and each event is stored once', async () => {
    const getByName = vi.spyOn(env.INTAKE, 'getByName')
    const ids = Array.from({ length: 200 }, (_, index) => index + 1)
    const answers = await Promise.all(ids.map((id) => append(env, 'burst:any:0', one(id))))
    expect(new Set(answers)).toEqual(new Set(['durable']))
    expect(getByName.mock.calls.length).toBeLessThanOrEqual(4)
    const totals = await env.INTAKE.getByName('burst:any:0').totals()
    expect(totals).toMatchObject({ events: 200, duplicates: 0 })
  })
})
