import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { decodeChunk, encodeChunk, withoutPacked } from '../../../durable-objects/intake/chunk.ts'
import { chooseCommits, chunkLines, planChunk } from '../../../durable-objects/intake/chunk-plan.ts'
import { commitSegments, readSegments } from '../../../durable-objects/intake/commit.ts'
import { segment } from '../../support/events.ts'

const pending = (events: number, bytes = 100) => ({ n: 1, atMs: 0, events, bytes })
const context = {
  seq: 7,
  nowMs: Date.parse('2026-11-25T07:59:59.999Z'),
  intake: 'shop.any.0.deadbeef',
  crc32: (bytes: Uint8Array, previous: number) => crc32(bytes, previous),
}
const commits = commitSegments(
  readSegments([segment(1n, [10n, 11n], 5_000), segment(2n, [10n], 3_000)]),
  new Set(),
  9_000,
).map(({ row }) => ({ n: 40, ...row }))

describe('chooseCommits', () => {
  it.each([
    ['waits while a chunk is not full', [pending(999)], false, 0],
    ['closes at 1,000 events', [pending(999), pending(1), pending(5)], false, 2],
    ['closes at 1 MiB', [pending(1, 600_000), pending(1, 448_576), pending(1)], false, 2],
    ['takes what there is when forced', [pending(1), pending(1)], true, 2],
    ['takes only a full chunk even when forced', [pending(1_000), pending(1)], true, 1],
    ['takes nothing of nothing', [], true, 0],
  ])('%s', (_, list, isForced, expected) => {
    expect(chooseCommits(list, isForced)).toBe(expected)
  })
})

describe('planChunk', () => {
  it('fixes content, key and counts by the commits it takes', () => {
    expect(planChunk(commits, context)).toEqual({
      seq: 7,
      state: 'planned',
      from: 40,
      to: 40,
      plannedAtMs: context.nowMs,
      key: 'archive/shop/2026/11/25/07/shop.any.0.deadbeef-0000000007.ndjson.gz',
      lines: 2,
      rawBytes: chunkLines(commits).reduce((sum, { length }) => sum + length, 0),
      crc32: crc32(Buffer.concat(chunkLines(commits))),
      firstReceivedAtMs: 3_000,
      lastReceivedAtMs: 5_000,
      counts: { events: 2, duplicates: 1, discards: {}, forwarded: 0 },
      destinations: null,
      packed: expect.any(Uint8Array),
    })
  })
})

describe('a chunk row', () => {
  it('is read as it was written', () => {
    const chunk = { ...planChunk(commits, context), state: 'archived' as const }
    expect(
      decodeChunk({ seq: 7, state: 2, body: encodeChunk(withoutPacked(chunk), chunk.packed) }),
    ).toEqual(chunk)
  })

  it('of an unknown version is refused by its number', () => {
    const { packed, ...chunk } = planChunk(commits, context)
    const body = encodeChunk(chunk, packed)
    body[0] = 5
    expect(() => decodeChunk({ seq: 7, state: 1, body })).toThrow('chunk row version 5 is unknown')
  })
})
