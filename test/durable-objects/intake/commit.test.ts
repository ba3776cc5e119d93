import { describe, expect, it } from 'vitest'
import {
  commitSegments,
  decodeCommit,
  idsOf,
  MAX_COMMIT_BYTES,
  readSegments,
} from '../../../durable-objects/intake/commit.ts'
import { encodeSegment } from '../../../worker/event/segment.ts'
import { eventItem, segment } from '../../support/events.ts'

const NOW_MS = 1_764_000_000_500
const nothing = new Set<bigint>()
const commit = (segments: Uint8Array[], seen = nothing) =>
  commitSegments(readSegments(segments), seen, NOW_MS).map(({ body, row }) => {
    expect(decodeCommit(body)).toEqual(row)
    return row
  })
const kinds = (segments: Uint8Array[], seen = nothing) =>
  commit(segments, seen).flatMap((row) =>
    row.segments.map(({ items }) => items.map(({ kind }) => kind)),
  )

describe('commitSegments', () => {
  it('writes the segments of one append as one row, with its time', () => {
    const rows = commit([segment(1n, [10n]), segment(2n, [20n])])
    expect(rows).toHaveLength(1)
    expect(rows[0]?.atMs).toBe(NOW_MS)
    expect(rows[0]?.segments.map(({ id }) => id)).toEqual([1n, 2n])
  })

  it('keeps an event seen before as a duplicate without its line', () => {
    const [row] = commit([segment(1n, [10n, 11n])], new Set([10n]))
    expect(row?.segments[0]?.items.map(({ kind, line }) => [kind, line.length > 0])).toEqual([
      ['duplicate', false],
      ['event', true],
    ])
  })

  it('finds duplicates within one segment and between segments of one append', () => {
    expect(kinds([segment(1n, [10n, 10n]), segment(2n, [10n, 11n])])).toEqual([
      ['event', 'duplicate'],
      ['duplicate', 'event'],
    ])
  })

  it('counts nothing of a segment seen before: the same bytes sent again', () => {
    expect(commit([segment(1n, [10n])], new Set([1n, 10n]))).toEqual([])
    expect(kinds([segment(1n, [10n]), segment(1n, [10n])])).toEqual([['event']])
  })

  it('takes an item that was discarded and comes again corrected under its id as new', () => {
    const refused = { ...eventItem(10n), kind: 'event_not_defined' as const }
    const bytes = encodeSegment({ id: 1n, source: 's', receivedAtMs: 1, items: [refused] })
    const [row] = commit([bytes])
    expect(row && idsOf(row)).toEqual([1n])
  })

  it('cuts rows of at most 1 MiB', () => {
    const large = (id: bigint) => {
      const line = new Uint8Array(500_000)
      const items = [{ ...eventItem(id + 100n), line }]
      return encodeSegment({ id, source: 's', receivedAtMs: 1, items })
    }
    const read = readSegments([large(1n), large(2n), large(3n)])
    const commits = commitSegments(read, nothing, NOW_MS)
    expect(commits.map(({ row }) => row.segments.length)).toEqual([2, 1])
    for (const { body } of commits) expect(body.length).toBeLessThanOrEqual(MAX_COMMIT_BYTES)
  })

  it('writes nothing if one segment cannot be read', () => {
    expect(() => commit([segment(1n, [10n]), new Uint8Array([9])])).toThrow()
  })
})

describe('decodeCommit', () => {
  it('refuses an unknown version by its number', () => {
    const [commit] = commitSegments(readSegments([segment(1n, [10n])]), nothing, NOW_MS)
    if (commit !== undefined) commit.body[0] = 7
    expect(() => commit && decodeCommit(commit.body)).toThrow('log row version 7 is unknown')
  })
})
