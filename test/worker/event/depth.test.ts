import { describe, expect, it } from 'vitest'
import { exceedsDepth } from '../../../worker/event/depth.ts'

const nest = (levels: number): unknown =>
  JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`)

describe('exceedsDepth', () => {
  it.each([
    [256, false],
    [257, true],
    [100_000, true],
  ])('an event of %i levels: %j', (levels, exceeds) => {
    expect(exceedsDepth(nest(levels))).toBe(exceeds)
  })

  it('counts lists as well, and needs no depth for texts', () => {
    expect(exceedsDepth([['a']], 2)).toBe(false)
    expect(exceedsDepth([['a']], 1)).toBe(true)
    expect(exceedsDepth('a', 0)).toBe(false)
  })
})
