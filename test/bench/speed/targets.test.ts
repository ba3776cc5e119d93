import { describe, expect, it } from 'vitest'
import { judgeRatios, judgeRestart } from '../../../bench/speed/targets.ts'

const cell = { kind: 'generated', connections: 16, eventsPerRequest: 1, ratio: 1 }

describe('judgeRatios', () => {
  it.each([
    [1, 1, true],
    [1, 0.999, false],
    [10, 1, true],
    [10, 0.999, false],
    [50, 0.8, true],
    [50, 0.799, false],
    [1, Number.NaN, false],
  ])('at %i events a request and a ratio of %d says %s', (eventsPerRequest, ratio, isMet) => {
    expect(judgeRatios([{ ...cell, eventsPerRequest, ratio }])).toMatchObject([{ isMet }])
  })

  it.each([
    [4, 0],
    [16, 1],
    [64, 1],
    [256, 0],
  ])('of %i connections has %i targets', (connections, targets) => {
    expect(judgeRatios([{ ...cell, connections, ratio: 0 }])).toHaveLength(targets)
  })

  it('names the cell, its target and what was found', () => {
    expect(judgeRatios([{ ...cell, eventsPerRequest: 50, ratio: 0.756 }])).toEqual([
      {
        name: '50 events a request, 16 connections, generated: ratio at least 0.8',
        isMet: false,
        found: '0.76',
      },
    ])
  })
})

describe('judgeRestart', () => {
  it.each([
    [1_000_000, 1_000, [true]],
    [1_000_000, 1_001, [false]],
    [1_000_000, Number.NaN, [false]],
    [100_000, 5_000, []],
  ])('with %i known ids in %d ms says %j', (knownIds, ms, met) => {
    expect(judgeRestart(knownIds, ms).map(({ isMet }) => isMet)).toEqual(met)
  })
})
