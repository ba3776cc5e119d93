import { describe, expect, it } from 'vitest'
import { backoffMs, Retry } from '../../../durable-objects/intake/retry.ts'

describe('backoffMs', () => {
  it.each([
    [0, 1, 0],
    [1, 1, 1_000],
    [1, 0, 500],
    [3, 1, 4_000],
    [30, 1, 60_000],
    [30, 0, 30_000],
  ])('after %i failures with jitter %f is %i ms', (failures, jitter, expected) => {
    expect(backoffMs(failures, jitter)).toBe(expected)
  })
})

describe('a Retry', () => {
  it('waits longer with each failure, and not at all after a success', () => {
    const retry = new Retry()
    const moment = { nowMs: 100_000, jitter: 1 }
    const times = [false, false, false, true, false].map((isDone) => {
      retry.note(isDone, moment)
      return retry.atMs
    })
    expect(times).toEqual([101_000, 102_000, 104_000, 0, 101_000])
  })
})
