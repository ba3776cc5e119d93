import { describe, expect, it } from 'vitest'
import {
  beginSlice,
  openSlice,
  type Settlement,
  settleSlice,
  wakeAtMs,
} from '../../../durable-objects/destination/ledger.ts'

const chunk = { intake: 'shop.any.0.deadbeef', chunk: 3, key: 'archive/x.gz', lines: 4 }
const fresh = openSlice(chunk, 1_000)
const go = { nowMs: 1_000, leaseMs: 90_000, token: 't1' }
const leased = { ...fresh, lease: { token: 't1', untilMs: 91_000 }, sinceMs: 1_000 }
const facts = (part: Partial<Settlement & { token: string }>) => ({
  token: 't1',
  delivered: [],
  filtered: {},
  dead: {},
  failure: null,
  ...part,
})
const at = (nowMs: number, jitter = 1) => ({ nowMs, jitter })

describe('beginSlice', () => {
  it('leases a slice that is due', () => {
    const { answer, slice } = beginSlice(fresh, go)
    expect(answer).toEqual({ kind: 'go', token: 't1', untilMs: 91_000, owed: null })
    expect(slice).toEqual(leased)
  })

  it('lets a second pointer wait until the lease ends', () => {
    expect(beginSlice(leased, { ...go, token: 't2' }).answer).toEqual({
      kind: 'wait',
      untilMs: 91_000,
    })
  })

  it('gives the lease of a run that died to the next', () => {
    const { answer } = beginSlice(leased, { ...go, nowMs: 91_000, token: 't2' })
    expect(answer).toMatchObject({ kind: 'go', token: 't2' })
  })

  it('lets a slice wait that failed until it is due again', () => {
    expect(beginSlice({ ...fresh, nextAtMs: 5_000 }, go).answer).toEqual({
      kind: 'wait',
      untilMs: 5_000,
    })
  })

  it.each([
    ['without a row', undefined],
    ['of a settled slice', { ...fresh, state: 'settled' as const }],
  ])('is done with a pointer %s', (_, slice) => {
    expect(beginSlice(slice, go)).toEqual({ answer: { kind: 'done' }, slice })
  })
})

describe('settleSlice', () => {
  it('settles when each line has its fate', () => {
    const slice = settleSlice(
      leased,
      facts({ delivered: [0, 2], filtered: { NO_MATCHING_MAPPING: [1] }, dead: { 400: [3] } }),
      at(2_000),
    )
    expect(slice).toMatchObject({
      state: 'settled',
      owed: [],
      lease: null,
      doneAtMs: 2_000,
      fates: { delivered: 2, filtered: { NO_MATCHING_MAPPING: 1 }, dead: { 400: 1 } },
    })
  })

  it('keeps what failed owed, with back-off: only that goes again', () => {
    const slice = settleSlice(leased, facts({ delivered: [0, 1, 3], failure: '503' }), at(2_000))
    expect(slice).toMatchObject({
      state: 'owed',
      owed: [2],
      lease: null,
      tries: 1,
      nextAtMs: 6_000,
      lastFailure: '503',
    })
    const { answer } = beginSlice(slice, { ...go, nowMs: 6_000, token: 't2' })
    expect(answer).toMatchObject({ kind: 'go', owed: [2] })
  })

  it.each([
    [1, 4_000],
    [5, 64_000],
    [30, 600_000],
  ])('waits at most 2 s × 2^tries and 10 minutes after try %i', (tries, waitMs) => {
    const failed = { ...leased, tries: tries - 1 }
    expect(settleSlice(failed, facts({ failure: '500' }), at(0)).nextAtMs).toBe(waitMs)
    expect(settleSlice(failed, facts({ failure: '500' }), at(0, 0)).nextAtMs).toBe(0)
  })

  it('is due at once, without a try counted, when a run merely ran out of time', () => {
    const slice = settleSlice(leased, facts({ delivered: [0] }), at(2_000))
    expect(slice).toMatchObject({ owed: [1, 2, 3], tries: 0, nextAtMs: 2_000, lease: null })
  })

  it('keeps a late success whoever reports it, and nothing else of a run without the lease', () => {
    const late = facts({ token: 'old', delivered: [0], dead: { 400: [1] }, failure: '500' })
    const slice = settleSlice(leased, late, at(2_000))
    expect(slice).toMatchObject({
      state: 'owed',
      owed: [1, 2, 3],
      lease: { token: 't1' },
      fates: { delivered: 1, dead: {} },
      tries: 0,
    })
  })

  it('counts a success once, however often it is reported', () => {
    const once = settleSlice(leased, facts({ delivered: [0] }), at(2_000))
    expect(settleSlice(once, facts({ delivered: [0] }), at(3_000)).fates.delivered).toBe(1)
  })
})

describe('wakeAtMs', () => {
  it.each([
    ['at once when no pointer is known since the start', fresh, null, 1_000],
    ['at the end of the lease when no pointer is known', leased, null, 91_000],
    ['300 s after a pointer touched it', fresh, 2_000, 302_000],
    ['300 s after its lease', leased, 2_000, 391_000],
    ['300 s after it is due again', { ...fresh, nextAtMs: 9_000 }, 2_000, 309_000],
  ])('wakes %s', (_, slice, touchedAtMs, expected) => {
    expect(wakeAtMs(slice, touchedAtMs, 300_000)).toBe(expected)
  })
})
