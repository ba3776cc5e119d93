import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { deliverSlice } from '../../queues/deliver-slice.ts'
import type { Outcome } from '../../queues/outcome.ts'

const delivered: Outcome = { kind: 'delivered' }
const run = (part: Partial<Parameters<typeof deliverSlice>[0]>) =>
  deliverSlice({
    destination: 'tool',
    key: 'archive/shop/1.ndjson.gz',
    lines: ['a', 'b', 'c'],
    owed: [0, 1, 2],
    deliverEvent: async () => delivered,
    isTimeOver: () => false,
    ...part,
  })
const logged: unknown[] = []

beforeEach(() => {
  logged.length = 0
  vi.spyOn(console, 'error').mockImplementation((line) => logged.push(JSON.parse(line)))
})
afterEach(() => vi.restoreAllMocks())

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
    const deliverEvent = async (line: string) => {
      if (line === 'b') throw new Error('an event took over 20000 ms')
      return delivered
    }
    expect(await run({ deliverEvent })).toMatchObject({ delivered: [0, 2], failure: 'ETIMEDOUT' })
  })

  it('buries what the archive no longer has, with its reason', async () => {
    expect(await run({ lines: null })).toMatchObject({ dead: { ARCHIVE_MISSING: [0, 1, 2] } })
    expect(await run({ lines: ['a'] })).toMatchObject({
      delivered: [0],
      dead: { ARCHIVE_MISSING: [1, 2] },
    })
  })
})

describe('the log of a run', () => {
  const line = { level: 'error', destination: 'tool', key: 'archive/shop/1.ndjson.gz' }
  const answer = (...outcomes: Outcome[]) => {
    const left = outcomes.values()
    return async () => left.next().value ?? delivered
  }

  it('is silent when all was delivered or filtered', async () => {
    await run({
      deliverEvent: answer(delivered, { kind: 'filtered', reason: 'NO_MATCHING_MAPPING' }),
    })
    expect(logged).toEqual([])
  })

  it('has one line for all that a vendor refused, counted by reason', async () => {
    const refused: Outcome = { kind: 'refused', reason: '400' }
    await run({
      deliverEvent: answer(refused, refused, { kind: 'refused', reason: 'BAD_REQUEST' }),
    })
    expect(logged).toEqual([
      {
        ...line,
        code: 'DELIVERY_REFUSED',
        unavailable: {},
        refused: { 400: 2, BAD_REQUEST: 1 },
        errors: {},
        message: '0 events stay owed, 3 are refused for good',
      },
    ])
  })

  it('has the same line for what stays owed and what is refused', async () => {
    const unavailable: Outcome = { kind: 'unavailable', reason: '503' }
    await run({
      deliverEvent: answer(unavailable, { kind: 'refused', reason: '400' }, unavailable),
    })
    expect(logged).toEqual([
      {
        ...line,
        code: 'DELIVERY_UNAVAILABLE',
        unavailable: { 503: 2 },
        refused: { 400: 1 },
        errors: {},
        message: '2 events stay owed, 1 are refused for good',
      },
    ])
  })

  it('counts events that were given up, by the name of their error and without its text', async () => {
    const deliverEvent = () => Promise.reject(new TypeError('secret of ada@example.com'))
    await run({ deliverEvent })
    expect(logged).toMatchObject([{ unavailable: { ETIMEDOUT: 3 }, errors: { TypeError: 3 } }])
    expect(JSON.stringify(logged)).not.toContain('ada')
  })

  it('shows no reason that is a sentence', async () => {
    const reason = 'token abc is wrong'
    await run({ deliverEvent: answer({ kind: 'unavailable', reason }) })
    expect(logged).toMatchObject([{ code: 'DELIVERY_UNAVAILABLE', unavailable: { OTHER: 1 } }])
  })

  it('says what the archive no longer has', async () => {
    await run({ lines: null })
    expect(logged).toMatchObject([{ code: 'DELIVERY_REFUSED', refused: { ARCHIVE_MISSING: 3 } }])
  })
})
