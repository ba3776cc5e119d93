import { describe, expect, it } from 'vitest'
import { sealDelayMs } from '../../../durable-objects/intake/seal-delay.ts'

const quiet = { sealMs: 5_000, isFixed: false, lastChunkEvents: 49, isWatched: false }

describe('sealDelayMs', () => {
  it.each([
    ['30 s while chunks are small', {}, 30_000],
    ['5 s while chunks have 50 events', { lastChunkEvents: 50 }, 5_000],
    ['5 s while someone watches', { isWatched: true }, 5_000],
    ['5 s before the first chunk', { lastChunkEvents: null }, 5_000],
    ['always the same in a local run', { isFixed: true }, 5_000],
  ])('is %s', (_, given, delayMs) => {
    expect(sealDelayMs({ ...quiet, ...given })).toBe(delayMs)
  })
})
