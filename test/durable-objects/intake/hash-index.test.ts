import { abortAllDurableObjects, reset, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Intake } from '../../../durable-objects/intake/intake.ts'
import { segment } from '../../support/events.ts'

const HOUR_MS = 3_600_000
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2046-11-25T12:00:00Z') })
})
afterEach(async () => {
  vi.useRealTimers()
  await reset()
})

const intake = () => env.INTAKE.getByName('shop:any:0')
const alarm = () => runInDurableObject(intake(), (object: Intake) => object.alarm())
const count = (table: string) =>
  runInDurableObject(
    intake(),
    (_, { storage }) =>
      storage.sql.exec<{ n: number }>(`SELECT count(*) AS n FROM ${table}`).one().n,
  )
async function later(ms: number): Promise<void> {
  vi.setSystemTime(Date.now() + ms)
  await alarm()
}
const manyIds = (first: bigint, n: number) =>
  Array.from({ length: n }, (_, each) => first + BigInt(each))

describe('the index of an Intake', () => {
  it('knows ids from sealed runs as from memory, after a restart too', async () => {
    await intake().append([segment(1n, [10n, 11n])])
    await later(61_000)
    expect(await count('run')).toBe(0)
    await later(HOUR_MS)
    expect(await count('run')).toBe(2)
    await intake().append([segment(1n, [10n]), segment(2n, [10n, 12n])])
    expect(await intake().totals()).toMatchObject({ events: 3, duplicates: 1 })
    await abortAllDurableObjects()
    await intake().append([segment(2n, [10n]), segment(3n, [11n, 12n, 13n])])
    expect(await intake().totals()).toMatchObject({ events: 4, duplicates: 3 })
  })

  it('keeps in memory what no chunk has taken when a run is sealed', async () => {
    await intake().append([segment(1n, [10n])])
    await later(61_000)
    vi.setSystemTime(Date.now() + HOUR_MS)
    await intake().append([segment(2n, [20n])])
    await alarm()
    expect(await count('run')).toBe(2)
    await intake().append([segment(2n, [20n]), segment(3n, [20n, 10n])])
    expect(await intake().totals()).toMatchObject({ events: 2, duplicates: 2 })
  })

  it('forgets ids after 25 h, with their runs, and nothing younger', async () => {
    await intake().append([segment(1n, [10n])])
    await later(61_000)
    await later(1.5 * HOUR_MS)
    await intake().append([segment(2n, [20n])])
    await later(61_000)
    await later(HOUR_MS)
    await later(23.6 * HOUR_MS)
    await intake().append([segment(3n, [10n, 20n])])
    expect(await intake().totals()).toMatchObject({ events: 3, duplicates: 1 })
    await abortAllDurableObjects()
    await intake().append([segment(4n, [10n, 20n])])
    expect(await intake().totals()).toMatchObject({ events: 3, duplicates: 3 })
  })

  it('seals at 262,144 items, at the next alarm', async () => {
    const events = 2_500
    for (let n = 0; n < 105; n += 1) {
      await intake().append([segment(BigInt(n + 1), manyIds(1_000_000n * BigInt(n + 1), events))])
    }
    await alarm()
    expect(await count('run')).toBe(2)
    await intake().append([segment(900n, manyIds(1_000_000n, events))])
    expect(await intake().totals()).toMatchObject({ events: 105 * events, duplicates: events })
  }, 60_000)
})
