import { describe, expect, it } from 'vitest'
import { archivedRate, median, percentile, ratios } from '../../../bench/speed/statistics.ts'

describe('median', () => {
  it.each([
    [[3], 3],
    [[10, 9, 1], 9],
    [[4, 1, 2, 100], 3],
    [[], Number.NaN],
  ])('of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected)
  })

  it('leaves its values in their order', () => {
    const values = [2, 1]
    median(values)
    expect(values).toEqual([2, 1])
  })
})

describe('percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)

  it.each([
    [0, 1],
    [0.5, 50],
    [0.99, 99],
    [1, 100],
  ])('at %d of 1 to 100 is %d', (share, expected) => {
    expect(percentile(hundred, share)).toBe(expected)
  })

  it('of nothing is no number', () => {
    expect(percentile([], 0.5)).toBeNaN()
  })
})

describe('ratios', () => {
  it('divides pair by pair, so that a slow minute spoils no ratio', () => {
    expect(ratios([100, 10], [50, 5])).toEqual([2, 2])
  })

  it('has no number where the other side has none', () => {
    expect(ratios([1, 2], [2])).toEqual([0.5, Number.NaN])
  })
})

describe('archivedRate', () => {
  const puts = [
    { atMs: 900, total: 500 },
    { atMs: 2_000, total: 1_000 },
    { atMs: 3_000, total: 2_600 },
    { atMs: 9_000, total: 5_000 },
  ]

  it('stops its clock at the put that has the last timed event, and counts none of a later one', () => {
    expect(archivedRate(puts, { startedAtMs: 1_000, before: 500, events: 2_000 })).toBe(1_000)
  })

  it('takes a put that ends with the last timed event', () => {
    expect(archivedRate(puts, { startedAtMs: 1_000, before: 500, events: 500 })).toBe(500)
  })

  it('is not there before all are archived', () => {
    expect(archivedRate(puts, { startedAtMs: 1_000, before: 500, events: 4_501 })).toBeNull()
  })
})
