import { describe, expect, it, vi } from 'vitest'
import { deliverSlice } from '../../queues/deliver-slice.ts'
import type { Outcome } from '../../queues/outcome.ts'

const delivered: Outcome = { kind: 'delivered' }
const run = (part: Partial<Parameters<typeof deliverSlice>[0]>) =>
  deliverSlice({
    lines: ['a', 'b', 'c'],
    owed: [0, 1, 2],
    deliverEvent: async () => delivered,
    isTimeOver: () => false,
    ...part,
  })

describe('deliverSlice', () => {
  it('sends only the lines still owed', async () => {
    const sent: string[] = []
    const deliverEvent = async (line: string) => {
      sent.push(line)
      return delivered
    }
    expect(await run({ owed: [2, 0], deliverEvent })).toMatchObject({ delivered: [2, 0] })
    expect(sent).toEqual(['c', 'a'])
  })

  it('sorts the facts by outcome; what is unavailable stays owed', async () => {
    const outcomes: Record<string, Outcome> = {
      a: { kind: 'filtered', reason: 'NO_MATCHING_MAPPING' },
      b: { kind: 'refused', reason: '400' },
      c: { kind: 'unavailable', reason: '503' },
    }
    expect(await run({ deliverEvent: async (line) => outcomes[line] ?? delivered })).toEqual({
      delivered: [],
      filtered: { NO_MATCHING_MAPPING: [0] },
      dead: { 400: [1] },
      failure: '503',
    })
  })

  it('leaves the rest owed, without a failure, when its time is over', async () => {
    let sent = 0
    const facts = await run({
      lines: Array.from({ length: 30 }, String),
      owed: Array.from({ length: 30 }, (_, line) => line),
      deliverEvent: async () => {
        sent += 1
        return delivered
      },
      isTimeOver: () => sent >= 10,
    })
    expect(facts.delivered.length).toBeGreaterThanOrEqual(10)
    expect(facts.delivered.length).toBeLessThan(17)
    expect(facts.failure).toBeNull()
  })

  it('has at most six events under way at once', async () => {
    let underWay = 0
    let most = 0
    await run({
      lines: Array.from({ length: 20 }, String),
      owed: Array.from({ length: 20 }, (_, line) => line),
      deliverEvent: async () => {
        underWay += 1
        most = Math.max(most, underWay)
        await scheduler.wait(1)
        underWay -= 1
        return delivered
      },
    })
    expect(most).toBe(6)
  })

  it('keeps the facts of the others when one event hangs or fails in an unknown way', async () => {
    vi.spyOn(console, 'error').mockReturnValue()
    const deliverEvent = async (line: string) => {
      if (line === 'b') throw new Error('an event took over 20000 ms')
      return delivered
    }
    expect(await run({ deliverEvent })).toMatchObject({ delivered: [0, 2], failure: 'ETIMEDOUT' })
    vi.restoreAllMocks()
  })

  it('buries what the archive no longer has, with its reason', async () => {
    expect(await run({ lines: null })).toMatchObject({ dead: { ARCHIVE_MISSING: [0, 1, 2] } })
    expect(await run({ lines: ['a'] })).toMatchObject({
      delivered: [0],
      dead: { ARCHIVE_MISSING: [1, 2] },
    })
  })
})
