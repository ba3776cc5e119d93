import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../bench/seeded-random.ts'
import { encodeDay, inParts } from '../../../durable-objects/intake/encode-day.ts'
import { DAY_ENTRY_BYTES, findInDay } from '../../../durable-objects/intake/find-in-day.ts'
import { encodeRun, USER_RUN } from '../../../durable-objects/intake/hash-run.ts'
import {
  chooseRollable,
  describeDay,
  plannedHourMs,
  reachesTo,
  rollDueAtMs,
} from '../../../durable-objects/intake/roll-plan.ts'
import { RunEntries } from '../../../durable-objects/intake/run-entries.ts'

const HOUR_MS = 3_600_000
const NOON_MS = Date.parse('2046-11-25T12:00:00Z')
const random = seededRandom(3)
const hash64 = () =>
  BigInt(Math.floor(random() * 2 ** 32)) * 2n ** 32n + BigInt(Math.floor(random() * 2 ** 32))
const run = (id: number, fromChunk: number, plannedAtMs: readonly number[]) => ({
  id,
  fromChunk,
  toChunk: fromChunk + plannedAtMs.length - 1,
  plannedAtMs,
})

/** A day of three runs with a chunk each, as R2 holds it. */
function dayOf(hashes: readonly (readonly bigint[])[]) {
  const runs = hashes.map((theirs, index) => {
    const entries = new RunEntries(theirs.length)
    for (const hash of theirs) {
      const [high, low] = [Number(hash >> 32n), Number(hash & 0xffff_ffffn)]
      entries.add({ high, low, chunk: index + 1, kind: 0 })
    }
    const { pages, firsts } = encodeRun(entries, USER_RUN)
    const readPage = (page: number) => pages[page] ?? new Uint8Array()
    return { firsts, readPage, entries: theirs.length }
  })
  const entries = hashes.flat().length
  const day = describeDay(
    hashes.map((_, index) => run(2 * (index + 1), index + 1, [NOON_MS])),
    { intake: 'shop.any.0.00000000', entries },
  )
  const pieces = [...encodeDay(runs, day)]
  const [bytes = new Uint8Array()] = inParts(
    pieces,
    pieces.reduce((sum, { length }) => sum + length, 0),
  )
  let reads = 0
  const read = async (from: number, count: number) => {
    reads += 1
    return bytes.subarray(from * DAY_ENTRY_BYTES, (from + count) * DAY_ENTRY_BYTES)
  }
  return {
    day,
    bytes,
    find: (hash: bigint) => findInDay(hash, entries, read),
    reads: () => reads,
  }
}

describe('a day of users in R2', () => {
  it('finds each hash by one read, nearly always, and none that it has not', async () => {
    const hashes = [1, 2, 3].map(() => Array.from({ length: 50_000 }, hash64))
    const day = dayOf(hashes)
    const samples = hashes.flatMap((theirs, index) =>
      theirs.slice(0, 50).map((hash) => ({ hash, chunk: index + 1 })),
    )
    for (const { hash, chunk } of samples) expect(await day.find(hash)).toEqual([chunk])
    for (let n = 0; n < 50; n += 1) expect(await day.find(hash64())).toEqual([])
    expect(day.reads()).toBeLessThan(220)
  }, 60_000)

  it('finds all chunks of a hash that half of them have, and those around it', async () => {
    const many = Array.from({ length: 5_000 }, () => 2n ** 63n)
    const day = dayOf([many, many, [1n, 2n ** 64n - 1n, 2n ** 63n - 1n, 2n ** 63n + 1n]])
    const found = await day.find(2n ** 63n)
    expect(found).toEqual([...many.map(() => 1), ...many.map(() => 2)])
    for (const hash of [1n, 2n ** 64n - 1n, 2n ** 63n - 1n, 2n ** 63n + 1n]) {
      expect(await day.find(hash)).toEqual([3])
    }
    expect(await day.find(0n)).toEqual([])
  })

  it('finds hashes that are not uniform', async () => {
    const hashes = Array.from({ length: 20_000 }, (_, n) => BigInt(n * 3))
    const day = dayOf([hashes, [], []])
    for (const hash of [0n, 3n, 30_000n, 59_997n]) expect(await day.find(hash)).toEqual([1])
    for (const hash of [1n, 59_998n, 2n ** 64n - 1n]) expect(await day.find(hash)).toEqual([])
  })

  it('ends with what it is', () => {
    const { day, bytes } = dayOf([[5n], [4n], [6n]])
    const end = new DataView(bytes.buffer, bytes.length - 5)
    expect(end.getUint8(4)).toBe(1)
    const json = bytes.subarray(bytes.length - 5 - end.getUint32(0), bytes.length - 5)
    expect(JSON.parse(new TextDecoder().decode(json))).toEqual(day)
    expect(day.key).toBe('index/shop.any.0.00000000/2046/11/25.2-6.bin')
  })
})

describe('inParts', () => {
  it('makes parts of one size, the last one smaller', () => {
    const pieces = [3, 5, 1].map((length, index) => new Uint8Array(length).fill(index))
    expect([...inParts(pieces, 4)].map((part) => [...part])).toEqual([
      [0, 0, 0, 1],
      [1, 1, 1, 1],
      [2],
    ])
  })
})

describe('the plan of rolling', () => {
  const evening = run(2, 1, [NOON_MS, NOON_MS + 11 * HOUR_MS])
  const night = run(4, 3, [NOON_MS + 11.9 * HOUR_MS, NOON_MS + 12.1 * HOUR_MS])
  const dueAtMs = Date.parse('2046-11-26T02:00:00Z')

  it('takes the runs of a day that is over for two hours', () => {
    expect(rollDueAtMs([evening, night])).toBe(dueAtMs)
    expect(chooseRollable([evening, night], { archivedTo: 9, nowMs: dueAtMs - 1 })).toEqual([])
    expect(chooseRollable([evening, night], { archivedTo: 9, nowMs: dueAtMs })).toEqual([evening])
  })

  it('waits for the archive to have all chunks that they name', () => {
    expect(chooseRollable([evening], { archivedTo: 1, nowMs: dueAtMs })).toEqual([])
    expect(chooseRollable([evening], { archivedTo: 2, nowMs: dueAtMs })).toEqual([evening])
  })

  it('takes no run over another, though the clock was set back between', () => {
    const backwards = run(6, 5, [NOON_MS])
    const moment = { archivedTo: 9, nowMs: dueAtMs }
    expect(chooseRollable([evening, night, backwards], moment)).toEqual([evening])
  })

  it('knows the hour in which each chunk was planned', () => {
    const day = describeDay([evening, night], { intake: 'i', entries: 4 })
    expect([1, 2, 3, 4].map((chunk) => new Date(plannedHourMs(day, chunk)).getUTCHours())).toEqual([
      12, 23, 23, 0,
    ])
    expect(reachesTo(day, Date.parse('2046-11-26T00:59:59Z'))).toBe(true)
    expect(reachesTo(day, Date.parse('2046-11-26T01:00:00Z'))).toBe(false)
  })
})
