import { reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { writeGroup } from '../../../worker/accept/write-group.ts'
import { decodeSpooled } from '../../../worker/event/spooled.ts'
import { segment } from '../../support/events.ts'
import { heldAppend, readSpool, withLog } from '../../support/log.ts'

const INTAKE = 'shop:any:0'
const SEGMENTS = [segment(1n, [11n]), segment(2n, [12n, 13n])]
const GROUP = { intake: INTAKE, segments: SEGMENTS, isUrgent: false }
const reported = vi.fn()

beforeEach(() => {
  reported.mockClear()
  vi.spyOn(console, 'error').mockImplementation(reported)
})
afterEach(async () => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  await reset()
})

/** Writes the group with `append` for the Intake's. */
const writeWith = (append: ReturnType<Parameters<typeof withLog>[0]>) =>
  writeGroup(
    withLog(() => append),
    GROUP,
  )
const failing = (error: unknown) => vi.fn(() => Promise.reject(error))
const expectSpooled = async () =>
  expect((await readSpool(INTAKE)).map(decodeSpooled)).toEqual([SEGMENTS])

describe('writeGroup', () => {
  it('appends, and spools nothing', async () => {
    expect(await writeGroup(env, GROUP)).toBe('durable')
    expect(await env.INTAKE.getByName(INTAKE).totals()).toMatchObject({ events: 3 })
    expect(await readSpool(INTAKE)).toEqual([])
  })

  it.each([true, false])('says whether a person waits: %s', async (isUrgent) => {
    const append = vi.fn(async () => ({ state: 'durable' }))
    await writeGroup(
      withLog(() => append),
      { ...GROUP, isUrgent },
    )
    expect(append).toHaveBeenCalledWith(SEGMENTS, { urgent: isUrgent })
  })

  it('tries a call that hangs for 4 s once more, on a new stub, with the same bytes', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { append, answerNext } = heldAppend()
    const stubs = vi.fn(() => append)
    const written = writeGroup(withLog(stubs), GROUP)
    await vi.advanceTimersByTimeAsync(3_999)
    expect(append).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(append).toHaveBeenCalledTimes(2)
    expect(stubs).toHaveBeenCalledTimes(2)
    expect(append.mock.calls[1]).toEqual(append.mock.calls[0])
    answerNext() // the first, too late
    answerNext()
    expect(await written).toBe('durable')
    expect(await readSpool(INTAKE)).toEqual([])
  })

  it('gives the second call 3 s, then spools', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const put = vi.spyOn(env.ARCHIVE, 'put')
    const { append } = heldAppend()
    const written = writeWith(append)
    await vi.advanceTimersByTimeAsync(6_999)
    expect(put).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(await written).toBe('durable')
    expect(append).toHaveBeenCalledTimes(2)
    await expectSpooled()
  })

  it('spools what two calls could not append', async () => {
    const append = failing(new Error('Network connection lost.'))
    expect(await writeWith(append)).toBe('durable')
    expect(append).toHaveBeenCalledTimes(2)
    await expectSpooled()
  })

  it('asks an overloaded object only once', async () => {
    const append = failing(Object.assign(new Error('busy'), { overloaded: true }))
    expect(await writeWith(append)).toBe('durable')
    expect(append).toHaveBeenCalledTimes(1)
    await expectSpooled()
  })

  it.each(['full', 'unreadable', 'moved'])('asks one that answers %s only once', async (state) => {
    const append = vi.fn(async () => ({ state }))
    expect(await writeWith(append)).toBe('durable')
    expect(append).toHaveBeenCalledTimes(1)
    await expectSpooled()
  })

  it.each([
    ['fails', () => Promise.reject(new Error('R2 is down'))],
    ['hangs', () => new Promise<never>(() => {})],
  ])('is unavailable when R2 %s too', async (_, put) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    vi.spyOn(env.ARCHIVE, 'put').mockImplementation(put)
    const append = failing(new Error('Network connection lost.'))
    const written = writeWith(append)
    await vi.advanceTimersByTimeAsync(3_000)
    expect(await written).toBe('unavailable')
    expect(reported).toHaveBeenCalledWith(expect.stringContaining('SPOOL_FAILED'))
  })
})
