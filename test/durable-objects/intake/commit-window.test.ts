import { describe, expect, it } from 'vitest'
import { commitDelayMs } from '../../../durable-objects/intake/commit-window.ts'

const state = { nowMs: 10_000, lastAppendAtMs: 9_990, waitingBytes: 900, urgent: false }

describe('commitDelayMs', () => {
  it.each([
    ['not at all when it is the first', { lastAppendAtMs: null }, 0],
    ['not at all when none came for a window', { lastAppendAtMs: 9_919 }, 0],
    ['for the window when others come', {}, 80],
    ['for the window when one came exactly a window ago', { lastAppendAtMs: 9_920 }, 80],
    ['not at all when a person waits', { urgent: true }, 0],
    ['not at all when 256 KiB wait', { waitingBytes: 262_144 }, 0],
  ])('lets an append wait %s', (_, given, delayMs) => {
    expect(commitDelayMs({ ...state, ...given })).toBe(delayMs)
  })
})
