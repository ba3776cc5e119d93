import { describe, expect, it } from 'vitest'
import { type AlarmNeeds, nextAlarmMs } from '../../../durable-objects/intake/next-alarm.ts'

const needs: AlarmNeeds = {
  nowMs: 100_000,
  sealMs: 5_000,
  workAtMs: null,
  failedAlarms: 0,
  oldestPendingAtMs: null,
  sealRunAtMs: null,
  forgetAtMs: null,
  rollAtMs: null,
  jitter: 1,
}

describe('nextAlarmMs', () => {
  it.each([
    ['nothing to do', {}, null],
    ['a commit waits', { oldestPendingAtMs: 99_000 }, 104_000],
    ['a commit waits too long already', { oldestPendingAtMs: 1 }, 100_001],
    ['a commit could not be planned', { oldestPendingAtMs: 1, failedAlarms: 2 }, 102_000],
    ['a chunk is open', { workAtMs: 0 }, 100_001],
    ['a chunk waits for its next try', { workAtMs: 101_000 }, 101_000],
    ['planning failed often', { workAtMs: 0, failedAlarms: 30 }, 160_000],
    ['half the jitter', { workAtMs: 0, failedAlarms: 30, jitter: 0 }, 130_000],
    ['rows to forget later', { forgetAtMs: 900_000 }, 900_000],
    ['the first of all', { forgetAtMs: 900_000, oldestPendingAtMs: 98_000 }, 103_000],
  ])('%s', (_, change, expected) => {
    expect(nextAlarmMs({ ...needs, ...change })).toBe(expected)
  })
})
