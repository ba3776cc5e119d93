// An hour without R2, its clock and calls driven.
import { abortAllDurableObjects, reset, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Intake } from '../../../durable-objects/intake/intake.ts'
import { readChunk } from '../../../durable-objects/intake/read-chunk.ts'
import { segment } from '../../support/events.ts'

const MINUTES = 60
const EVENTS_A_MINUTE = 1_000
const MINUTE_MS = 60_000

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2046-11-25T12:00:00Z') })
  vi.spyOn(console, 'error').mockReturnValue()
})
afterEach(async () => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  await reset()
})

const intake = () => env.INTAKE.getByName('shop:any:0')
const alarm = () => runInDurableObject(intake(), (object: Intake) => object.alarm())
const idsOf = (minute: number) =>
  Array.from({ length: EVENTS_A_MINUTE }, (_, n) => BigInt(minute * 1_000_000 + n + 1))

it('R2 that fails for an hour costs no event and makes no double', async () => {
  const put = vi.spyOn(env.ARCHIVE, 'put').mockImplementation(async () => {
    throw new Error('R2 is down')
  })
  for (let minute = 1; minute <= MINUTES; minute += 1) {
    expect(await intake().append([segment(BigInt(minute), idsOf(minute))])).toEqual({
      state: 'durable',
    })
    vi.setSystemTime(Date.now() + MINUTE_MS)
    await alarm()
  }
  expect(await intake().totals()).toMatchObject({ events: 60_000, archived: 0 })
  // The object is moved in the middle of it.
  await abortAllDurableObjects()
  put.mockRestore()
  for (let minute = 1; minute <= 5; minute += 1) {
    vi.setSystemTime(Date.now() + MINUTE_MS)
    await alarm()
  }
  expect(await intake().totals()).toMatchObject({ events: 60_000, archived: 60_000 })
  const { objects } = await env.ARCHIVE.list({ prefix: 'archive/shop/' })
  const lines = await Promise.all(objects.map(({ key }) => readChunk(env.ARCHIVE, key)))
  const ids = lines.flatMap((chunk) => chunk ?? []).map((line) => JSON.parse(line).messageId)
  expect(ids).toHaveLength(60_000)
  expect(new Set(ids).size).toBe(60_000)
  const log = await runInDurableObject(intake(), (_, { storage }) =>
    storage.sql.exec('SELECT n FROM log').toArray(),
  )
  expect(log).toEqual([])
}, 60_000)

it('puts a chunk again in the alarm’s own time, not with every chunk that follows', async () => {
  const put = vi.spyOn(env.ARCHIVE, 'put').mockImplementation(async () => {
    throw new Error('R2 is down')
  })
  for (let chunk = 1; chunk <= 30; chunk += 1) {
    await intake().append([segment(BigInt(chunk), idsOf(chunk))])
  }
  await alarm()
  expect(put.mock.calls.length).toBeLessThan(40)
  put.mockRestore()
  for (let minute = 1; minute <= 3; minute += 1) {
    vi.setSystemTime(Date.now() + MINUTE_MS)
    await alarm()
  }
  expect(await intake().totals()).toMatchObject({ archived: 30_000 })
}, 60_000)
