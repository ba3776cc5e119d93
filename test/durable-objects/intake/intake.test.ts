import {
  abortAllDurableObjects,
  reset,
  runDurableObjectAlarm,
  runInDurableObject,
} from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Intake } from '../../../durable-objects/intake/intake.ts'
import { readChunk } from '../../../durable-objects/intake/read-chunk.ts'
import { segment } from '../../support/events.ts'

afterEach(async () => {
  vi.restoreAllMocks()
  vi.useRealTimers()
  await reset()
})

/** A source of its own for each test: the clock of one may be far ahead of the next. */
let source = ''
beforeEach(({ task }) => {
  source = `shop-${task.id}`
})

const intake = (name = `${source}:any:0`) => env.INTAKE.getByName(name)
/** All archived lines, by key. */
async function archive(): Promise<Record<string, string[] | null>> {
  const { objects } = await env.ARCHIVE.list({ prefix: `archive/${source}/` })
  const chunks = objects.map(async ({ key }) => [key, await readChunk(env.ARCHIVE, key)] as const)
  return Object.fromEntries(await Promise.all(chunks))
}
const archivedIds = async () =>
  Object.values(await archive()).flatMap((lines) =>
    (lines ?? []).map((line) => JSON.parse(line).messageId),
  )
/** The seal time of this deployment is a minute: the clock jumps over it. */
async function sealNow(stub = intake(), afterMs = 61_000) {
  await runInDurableObject(stub, async (object: Intake) => {
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + afterMs)
    await object.alarm()
    vi.restoreAllMocks()
  })
}
const rows = (stub = intake()) =>
  runInDurableObject(stub, (_, { storage }) => ({
    log: storage.sql
      .exec('SELECT n FROM log')
      .toArray()
      .map(({ n }) => n),
    chunks: storage.sql.exec('SELECT seq, state FROM chunk').toArray(),
  }))
const event = (n: bigint) => segment(1_000n + n, [n])

describe('Intake', () => {
  it('archives what was appended, in order, when it is due', async () => {
    await intake().append([event(1n), event(2n)])
    await intake().append([event(3n)])
    await sealNow()
    expect(await archivedIds()).toEqual(['m1', 'm2', 'm3'])
    expect(await rows()).toEqual({ log: [], chunks: [{ seq: 1, state: 3 }] })
  })

  it('sets its alarm by the first commit of a chunk, in SEAL_SECONDS', async () => {
    const before = Date.now()
    await intake().append([event(1n)])
    const alarm = await runInDurableObject(intake(), (_, { storage }) => storage.getAlarm())
    expect(alarm).toBeGreaterThanOrEqual(before + 60_000)
    expect(alarm).toBeLessThan(before + 62_000)
  })

  it('writes one row for an append of many segments', async () => {
    await intake().append(Array.from({ length: 50 }, (_, n) => event(BigInt(n + 1))))
    expect((await rows()).log).toEqual([1])
  })

  it('does not wait for the alarm when a chunk is full', async () => {
    const ids = Array.from({ length: 1_000 }, (_, n) => BigInt(n + 1))
    await intake().append([segment(5_000n, ids)])
    await vi.waitFor(async () => expect(await archivedIds()).toHaveLength(1_000))
  })

  it('finds duplicates in the log, in chunks, and in both after a restart', async () => {
    await intake().append([event(1n)])
    await sealNow()
    await intake().append([event(2n)])
    await abortAllDurableObjects()
    await intake().append([segment(9n, [1n, 2n, 3n])])
    expect(await intake().totals()).toMatchObject({ events: 3, duplicates: 2 })
    await sealNow()
    expect(await archivedIds()).toEqual(['m1', 'm2', 'm3'])
  })

  it('counts nothing twice when a whole segment is sent again, after a restart too', async () => {
    const same = event(1n)
    await intake().append([same])
    await intake().append([same])
    await abortAllDurableObjects()
    await intake().append([same])
    expect(await intake().totals()).toEqual({
      events: 1,
      duplicates: 0,
      discards: {},
      forwarded: 0,
      archived: 0,
    })
  })

  it('writes appends that come together in one row, and answers each when it is there', async () => {
    await intake().append([event(1n)])
    const together = Array.from({ length: 20 }, (_, n) => intake().append([event(BigInt(n + 2))]))
    const answers = await Promise.all(together)
    expect(new Set(answers.map(({ state }) => state))).toEqual(new Set(['durable']))
    expect((await rows()).log.length).toBeLessThanOrEqual(3)
    expect(await intake().totals()).toMatchObject({ events: 21 })
  })

  it('finds a duplicate among appends that wait together', async () => {
    await intake().append([event(1n)])
    await Promise.all([
      intake().append([segment(501n, [7n])]),
      intake().append([segment(502n, [7n])]),
    ])
    expect(await intake().totals()).toMatchObject({ events: 2, duplicates: 1 })
  })

  it('lets nobody wait whom a person waits for, nor those who wait beside it', async () => {
    await intake().append([event(1n)])
    await runInDurableObject(intake(), async (object: Intake) => {
      const timers = vi.spyOn(globalThis, 'setTimeout')
      await Promise.all([object.append([event(2n)]), object.append([event(3n)], { urgent: true })])
      const cleared = timers.mock.calls.filter(([, delayMs]) => delayMs === 80)
      expect(cleared.length).toBeLessThanOrEqual(1)
    })
    expect((await rows()).log).toEqual([1, 2])
  })

  it('answers one append as unreadable and the others in its group as durable', async () => {
    await intake().append([event(1n)])
    const answers = await Promise.all([
      intake().append([event(2n)]),
      intake().append([new Uint8Array([9])]),
      intake().append([event(3n)]),
    ])
    expect(answers.map(({ state }) => state)).toEqual(['durable', 'unreadable', 'durable'])
    expect(await intake().totals()).toMatchObject({ events: 3 })
  })

  it('continues its numbers after a restart with an empty log', async () => {
    await intake().append([event(1n)])
    await sealNow()
    await abortAllDurableObjects()
    await intake().append([event(2n)])
    expect((await rows()).log).toEqual([2])
    await sealNow()
    expect((await rows()).chunks.map(({ seq }) => seq)).toEqual([1, 2])
  })

  it('keeps what a failed put left, and archives it under the same key later', async () => {
    await intake().append([event(1n)])
    const put = vi.spyOn(env.ARCHIVE, 'put').mockRejectedValue(new Error('R2 is down'))
    vi.spyOn(console, 'error').mockReturnValue()
    await runInDurableObject(intake(), async (object: Intake) => {
      const now = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 61_000)
      await object.alarm()
      now.mockRestore()
    })
    expect(put).toHaveBeenCalled()
    expect(await rows()).toEqual({ log: [1], chunks: [{ seq: 1, state: 1 }] })
    await intake().append([event(2n)])
    put.mockRestore()
    await sealNow(intake(), 65_000)
    expect(await archivedIds()).toEqual(['m1', 'm2'])
    expect((await rows()).log).toEqual([])
  })

  it('archives all that is planned while no destination answers', async () => {
    const stub = intake('local-website:any:0')
    vi.spyOn(console, 'error').mockReturnValue()
    vi.spyOn(env.DESTINATION, 'getByName').mockImplementation(() => {
      throw new Error('no destination answers')
    })
    for (let n = 0n; n < 6n; n += 1n) {
      const ids = Array.from({ length: 1_000 }, (_, each) => 10_000n * (n + 1n) + BigInt(each))
      await stub.append([segment(n + 1n, ids)])
    }
    await vi.waitFor(async () => expect((await stub.totals()).archived).toBe(6_000), 5_000)
    vi.restoreAllMocks()
  })

  it('archives what comes while a destination hangs, without a wait for it', async () => {
    const stub = intake('local-website:any:0')
    vi.spyOn(env.DESTINATION, 'getByName').mockImplementation(
      () => ({ owe: () => new Promise(() => {}) }) as never,
    )
    for (let n = 0n; n < 3n; n += 1n) {
      const ids = Array.from({ length: 1_000 }, (_, each) => 10_000n * (n + 1n) + BigInt(each))
      await stub.append([segment(n + 1n, ids)])
      const archived = 1_000 * (Number(n) + 1)
      await vi.waitFor(async () => expect(await stub.totals()).toMatchObject({ archived }), 1_500)
    }
  })

  it('writes no object for a chunk without an event', async () => {
    await intake().append([event(1n)])
    await sealNow()
    await intake().append([segment(9n, [1n])])
    await sealNow()
    expect(Object.keys(await archive())).toHaveLength(1)
    expect((await rows()).chunks).toEqual([
      { seq: 1, state: 3 },
      { seq: 2, state: 3 },
    ])
  })

  it('registers a chunk with the destinations of its source, and with `profiles`', async () => {
    const stub = intake('local-website:any:0')
    await stub.append([event(1n)])
    await sealNow(stub)
    const destination = env.DESTINATION.getByName('local-webhook')
    expect(await destination.state()).toMatchObject({ owed: 1 })
    expect(await env.DESTINATION.getByName('profiles').state()).toMatchObject({ owed: 1 })
  })

  it('forgets chunk rows after 25 h, keeps the newest and all totals', async () => {
    for (const n of [1n, 2n, 3n]) {
      await intake().append([event(n)])
      await sealNow()
    }
    const later = Date.now() + 27 * 3_600_000
    await runInDurableObject(intake(), async (object: Intake) => {
      const now = vi.spyOn(Date, 'now').mockReturnValue(later)
      await object.alarm()
      now.mockRestore()
    })
    expect((await rows()).chunks.map(({ seq }) => seq)).toEqual([3])
    expect(await intake().totals()).toMatchObject({ events: 3, archived: 3 })
    await abortAllDurableObjects()
    expect(await intake().totals()).toMatchObject({ events: 3, archived: 3 })
    await intake().append([segment(9n, [1n, 3n])])
    expect(await intake().totals()).toMatchObject({ events: 5, duplicates: 0 })
  })

  it('refuses a segment it cannot read, and takes the next', async () => {
    vi.spyOn(console, 'error').mockReturnValue()
    expect(await intake().append([event(2n), new Uint8Array([9])])).toEqual({ state: 'unreadable' })
    expect(await intake().append([event(1n)])).toEqual({ state: 'durable' })
    expect(await intake().totals()).toMatchObject({ events: 1 })
  })

  it('has an alarm that does its work', async () => {
    await intake().append([event(1n)])
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 61_000)
    expect(await runDurableObjectAlarm(intake())).toBe(true)
    vi.restoreAllMocks()
    expect(await archivedIds()).toEqual(['m1'])
  })
})
