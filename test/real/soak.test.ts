import { describe, expect, it } from 'vitest'
import { findFaults } from './soak/find-faults.ts'
import { HANG_UP_SHARE, runSoak, type Soaked } from './soak/run-soak.ts'

const LIMIT_MS = 600_000

describe('findFaults', () => {
  const sound: Soaked = {
    requests: 200_000,
    outcomes: { 200: 10 },
    requestsPerSecond: 1,
    heapMb: { early: 20, late: 50 },
    residentMb: { early: 500, late: 650 },
    archived: { once: 10, missing: 0, again: 0 },
    output: [],
  }

  it('takes a soak without errors whose memory stays', () => {
    expect(findFaults(sound)).toEqual([])
  })

  it.each<[string, Partial<Soaked>]>([
    ['1 requests ended with 503', { outcomes: { 200: 9, 503: 1 } }],
    ['1 requests ended with ECONNRESET', { outcomes: { 200: 9, ECONNRESET: 1 } }],
    ['the heap grew from 20 to 51 MB', { heapMb: { early: 20, late: 51 } }],
    ['the heap grew from NaN to 1 MB', { heapMb: { early: Number.NaN, late: 1 } }],
    ['1 events are not in the archive', { archived: { once: 9, missing: 1, again: 0 } }],
    ['1 events are in the archive more than once', { archived: { once: 9, missing: 0, again: 1 } }],
    [
      '1 times: Cannot perform I/O on behalf of a different request',
      { output: ['Error: Cannot perform I/O on behalf of a different request. (I/O type: x)'] },
    ],
  ])('names what is wrong: %s', (fault, wrong) => {
    expect(findFaults({ ...sound, ...wrong })).toEqual([fault])
  })
})

describe('the Worker in workerd, over 64 connections', () => {
  it.each([
    [20_000, 'that wait for their answer', 0],
    [5_000, 'of which 1% hang up in the middle and send again', HANG_UP_SHARE],
  ])(
    'takes %i requests %s: no error, flat heap, each event archived once',
    {
      timeout: LIMIT_MS,
    },
    async (requests, _, hangUpShare) => {
      const soaked = await runSoak(requests, hangUpShare)
      const { output, ...figures } = soaked
      console.log(JSON.stringify(figures), `${output.length} lines of output`)
      expect(findFaults(soaked), output.slice(0, 5).join('\n')).toEqual([])
    },
  )
})
