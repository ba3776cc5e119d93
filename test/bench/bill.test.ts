import { describe, expect, it } from 'vitest'
import { makeBill, totalOf } from '../../bench/bill.ts'
import { compareCounts, perMillion } from '../../bench/compare-counts.ts'
import { noCounts } from '../../bench/counts.ts'
import { countNaive } from '../../bench/naive.ts'
import { OTHERS } from '../../bench/prices.ts'
import { makeEarlierRequests, makeRequests, SHAPES } from '../../bench/workload.ts'

const counts = {
  ...noCounts(),
  requests: 1_000,
  queueOps: 30,
  r2A: 1,
  r2B: 3,
  doRequests: 1_010,
  rowsWritten: 2_000,
  events: 1_000,
  archived: 1_000,
  delivered: 3_000,
  consumed: 3_000,
}

describe('makeBill', () => {
  it('multiplies counts with prices, for a million events', () => {
    const bill = Object.fromEntries(makeBill(counts).map(({ name, dollars }) => [name, dollars]))
    expect(bill['Worker requests']).toBeCloseTo(0.3)
    expect(bill['Worker CPU']).toBeCloseTo(0.0502)
    expect(bill['Queue operations']).toBeCloseTo(0.012)
    expect(bill['Object calls and alarms']).toBeCloseTo(0.1515)
    expect(bill['Object duration']).toBeCloseTo(0.01616)
    expect(bill['Rows written']).toBeCloseTo(2)
    expect(bill['R2 writes and lists']).toBeCloseTo(0.0045)
    expect(bill['R2 reads']).toBeCloseTo(0.00108)
    expect(totalOf(makeBill(counts))).toBeCloseTo(2.53544)
  })

  it('charges a consumer for each event and destination, or as much as it is told', () => {
    const cpu = (bill: ReturnType<typeof makeBill>) =>
      bill.find(({ name }) => name === 'Worker CPU')?.dollars
    expect(cpu(makeBill({ ...counts, consumed: 0 }))).toBeCloseTo(0.031)
    expect(cpu(makeBill({ ...counts, consumed: 1_000 }))).toBeCloseTo(0.031 + 0.0064)
    expect(cpu(makeBill({ ...counts, consumed: 1_000 }, { consumerCpuMs: 0.05 }))).toBeCloseTo(
      0.031 + 0.001,
    )
    expect(cpu(makeBill({ ...counts, consumed: 0, resolved: 1_000 }))).toBeCloseTo(0.031 + 0.001)
  })
})

describe('compareCounts', () => {
  const rule = { 1: perMillion(counts) }

  it('is content with the same counts, and with a rise of 5%', () => {
    expect(compareCounts(rule, rule)).toEqual([])
    expect(compareCounts(rule, { 1: perMillion({ ...counts, rowsWritten: 2_100 }) })).toEqual([])
  })

  it('names what has risen by more than 5%', () => {
    expect(compareCounts(rule, { 1: perMillion({ ...counts, rowsWritten: 2_101 }) })).toEqual([
      'rowsWritten at 1 events per request: 2101000 per million events, was 2000000',
    ])
  })

  it('names an operation that was not there before: a put per event', () => {
    expect(compareCounts(rule, { 1: perMillion({ ...counts, r2A: 1_001 }) })).toEqual([
      'r2A at 1 events per request: 1001000 per million events, was 1000',
    ])
  })

  it('names what has fallen by more than 5%, or is missing on either side', () => {
    const hint = ': run `npm run bench:gate -- --write` if it is meant'
    expect(compareCounts(rule, { 1: perMillion({ ...counts, rowsWritten: 1_900 }) })).toEqual([])
    expect(compareCounts(rule, { 1: perMillion({ ...counts, rowsWritten: 1_899 }) })).toEqual([
      `rowsWritten at 1 events per request: 1899000 per million events, was 2000000${hint}`,
    ])
    const { r2B: _, ...others } = perMillion(counts)
    expect(compareCounts({ 1: others }, rule)).toEqual([
      `r2B at 1 events per request: 3000 per million events, was undefined${hint}`,
    ])
    expect(compareCounts(rule, { 1: others })).toEqual([
      `r2B at 1 events per request: undefined per million events, was 3000${hint}`,
    ])
    expect(compareCounts({ ...rule, 10: perMillion(counts) }, rule)).toHaveLength(8)
  })

  it('names an event that was lost or doubled', () => {
    const found = { 1: perMillion({ ...counts, archived: 999, delivered: 3_001 }) }
    expect(compareCounts(rule, found)).toEqual([
      'archived at 1 events per request: 999000 per million events, was 1000000',
      'delivered at 1 events per request: 3001000 per million events, was 3000000',
    ])
  })
})

describe('the prices of others', () => {
  it.each(OTHERS)('say for $name where and when they were found', ({ source, readOn }) => {
    expect(source.length).toBeGreaterThan(20)
    expect(readOn).toMatch(/^2026-\d\d-\d\d$/)
  })
})

describe('the workload', () => {
  const workload = { visitors: 100, seed: 1, writeKey: 'k' }

  it.each([
    [1, 800, 800, 100],
    [10, 400, 4_000, 100],
    [50, 80, 4_000, 0],
  ])(
    'at %i events a request has %i calls, %i events and %i loads of settings',
    (size, calls, events, loads) => {
      const shape = SHAPES.find(({ eventsPerRequest }) => eventsPerRequest === size)
      const made = shape === undefined ? [] : [...makeRequests(shape, workload)]
      expect(made.filter(({ body }) => body !== null)).toHaveLength(calls)
      expect(made.filter(({ path }) => path === '/v1/projects/k/settings')).toHaveLength(loads)
      expect(made.reduce((sum, each) => sum + each.events, 0)).toBe(events)
    },
  )

  it('is the same for the same seed, has 30% known visitors and no message id twice', () => {
    const [shape] = SHAPES
    const make = (seed: number) => (shape ? [...makeRequests(shape, { ...workload, seed })] : [])
    expect(make(1)).toEqual(make(1))
    expect(make(1)).not.toEqual(make(2))
    const bodies = make(1).flatMap(({ body }) =>
      body === null ? [] : [body as { messageId: string; userId: string | null }],
    )
    expect(new Set(bodies.map(({ messageId }) => messageId)).size).toBe(800)
    const known = new Set(bodies.map(({ userId }) => userId).filter((id) => id !== null))
    expect(known.size).toBeGreaterThan(20)
    expect(known.size).toBeLessThan(40)
  })
})

describe('what visitors did before the workload', () => {
  it('links four of five known visitors, under message ids of its own', () => {
    const [shape = { eventsPerRequest: 1, eventsPerSession: 8, isBrowser: true } as const] = SHAPES
    const workload = { visitors: 100, seed: 1, writeKey: 'k' }
    type Identify = { type: string; userId: string | null; messageId: string }
    const now = [...makeRequests(shape, workload)].flatMap(({ body }) =>
      body === null ? [] : [body as Identify],
    )
    const known = now.filter(({ type }) => type === 'identify')
    const earlier = [...makeEarlierRequests(shape, workload)].flatMap(
      ({ body }) => (body as { batch: Identify[] }).batch,
    )
    expect(earlier).toHaveLength(known.length - Math.ceil(known.length / 5))
    const users = new Set(known.map(({ userId }) => userId))
    expect(earlier.every(({ type, userId }) => type === 'identify' && users.has(userId))).toBe(true)
    const ids = new Set(now.map(({ messageId }) => messageId))
    expect(earlier.filter(({ messageId }) => ids.has(messageId))).toEqual([])
  })
})

describe('countNaive', () => {
  it('bills three operations for each message, and a put for a hundred', () => {
    const [shape] = SHAPES
    expect(shape && countNaive(shape, { visitors: 100, seed: 1 })).toMatchObject({
      events: 800,
      queueOps: 2_400,
      r2A: 8,
      requests: 908,
    })
  })
})
