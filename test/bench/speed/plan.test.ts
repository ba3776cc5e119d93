import { describe, expect, it } from 'vitest'
import { parsePlan } from '../../../bench/speed/plan.ts'

describe('parsePlan', () => {
  it('measures what the targets are about, up to a million ids', () => {
    expect(parsePlan({ quick: false })).toMatchObject({
      eventsPerRequest: [1, 10, 50],
      connections: [4, 16, 64, 256],
      growth: [1_000, 10_000, 100_000, 1_000_000],
    })
  })

  it('takes seconds and runs from the options', () => {
    expect(parsePlan({ quick: true, seconds: '2.5', runs: '7' })).toMatchObject({
      seconds: 2.5,
      runs: 7,
    })
  })

  it.each([
    [{ seconds: '0' }, '--seconds is 0: it must be above 0, at most 60'],
    [{ seconds: '61' }, '--seconds is 61: it must be above 0, at most 60'],
    [{ seconds: 'x' }, '--seconds is x: it must be above 0, at most 60'],
    [{ runs: '1.5' }, '--runs is 1.5: it must be a whole number above 0'],
    [{ runs: '0' }, '--runs is 0: it must be a whole number above 0'],
  ])('says of %j what is wrong', (options, fault) => {
    expect(parsePlan({ quick: false, ...options })).toEqual({ fault })
  })
})
