import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../bench/seeded-random.ts'
import {
  encodeRun,
  findEntries,
  findPages,
  type IndexEntry,
  MESSAGE_RUN,
  mayContain,
} from '../../../durable-objects/intake/hash-run.ts'
import { RunEntries } from '../../../durable-objects/intake/run-entries.ts'

const random = seededRandom(7)
const hash64 = () =>
  BigInt(Math.floor(random() * 2 ** 32)) * 2n ** 32n + BigInt(Math.floor(random() * 2 ** 32))
const entry = (hash: bigint, chunk = 1, kind = 0): IndexEntry => ({ hash, chunk, kind })

function runOf(entries: readonly IndexEntry[]) {
  const run = new RunEntries(entries.length)
  for (const { hash, chunk, kind } of entries) {
    run.add({ high: Number(hash >> 32n), low: Number(hash & 0xffff_ffffn), chunk, kind })
  }
  return encodeRun(run, MESSAGE_RUN)
}

function find(entries: readonly IndexEntry[], hash: bigint): IndexEntry[] {
  const { pages, firsts, filter } = runOf(entries)
  if (!mayContain(filter, hash)) return []
  const { from, to } = findPages(firsts, hash)
  return pages.slice(from, to + 1).flatMap((page) => findEntries(page, hash))
}

describe('a run of the index', () => {
  it('finds every entry that it has, whatever page it is on', () => {
    const entries = Array.from({ length: 10_000 }, (_, n) => entry(hash64(), n, n % 256))
    const { pages, firsts, filter } = runOf(entries)
    expect(pages).toHaveLength(8)
    for (const each of entries) {
      expect(mayContain(filter, each.hash)).toBe(true)
      const { from, to } = findPages(firsts, each.hash)
      expect(
        pages.slice(from, to + 1).flatMap((page) => findEntries(page, each.hash)),
      ).toContainEqual(each)
    }
  })

  it('finds all entries of a hash that goes over the edge of pages, in the order in which they came', () => {
    const others = Array.from({ length: 3_000 }, (_, n) => entry(BigInt(n) * 2n))
    const same = Array.from({ length: 3_000 }, (_, n) => entry(2_001n, n))
    const found = find([...others, ...same], 2_001n)
    expect(found.map(({ chunk }) => chunk)).toEqual(Array.from({ length: 3_000 }, (_, n) => n))
  })

  it.each([0n, 1n, 5n, 2n ** 64n - 1n])('finds nothing that it has not: %s', (hash) => {
    expect(find([entry(2n), entry(4n), entry(6n)], hash)).toEqual([])
    expect(find([], hash)).toEqual([])
  })

  it('reads a page in vain for less than one of 500 hashes that it has not', () => {
    const { filter } = runOf(Array.from({ length: 20_000 }, () => entry(hash64())))
    const vain = Array.from({ length: 20_000 }, hash64).filter((hash) => mayContain(filter, hash))
    expect(vain.length).toBeLessThan(40)
  })
})
