import { beforeAll, describe, expect, it } from 'vitest'
import { compareCounts, perMillion } from '../../bench/compare-counts.ts'
import { type Counts, noCounts } from '../../bench/counts.ts'
import { runPipeline } from '../../bench/run-pipeline.ts'

const ONE_EVENT_A_REQUEST = { eventsPerRequest: 1, eventsPerSession: 8, isBrowser: true } as const
const LIMIT_MS = 60_000

/** Ten visitors: 80 events and ten loads of settings. */
const run = (product?: string) =>
  runPipeline(ONE_EVENT_A_REQUEST, { visitors: 10, seed: 1, ...(product && { product }) })

const FAULTS = [
  ['a put', 'put-per-request', 'r2A', 90],
  ['a call of a method that no counter names', 'call-per-request', 'doRequests', 90],
  ['a row', 'row-per-append', 'rowsWritten', 80],
] as const

let sound: Counts
let faulty: Counts[]

beforeAll(async () => {
  const twins = FAULTS.map(([, fault]) => `test/bench/support/${fault}.ts`)
  ;[sound = noCounts(), ...faulty] = await Promise.all([run(), ...twins.map(run)])
}, LIMIT_MS)

describe('runPipeline', () => {
  it('counts what the Worker does as it is deployed', () => {
    expect(sound).toMatchObject({ events: 80, archived: 80, delivered: 240, r2A: 1, r2B: 4 })
    expect(sound.resolved).toBe(80)
    expect(sound.requests).toBeGreaterThan(90)
  })

  it.each(FAULTS)(
    'counts %s more at each request, and the gate names it',
    (_, fault, name, more) => {
      const counts = faulty[FAULTS.findIndex(([, each]) => each === fault)]
      expect(counts).toEqual({ ...sound, [name]: sound[name] + more })
      const faults = compareCounts({ 1: perMillion(sound) }, { 1: perMillion(counts ?? sound) })
      expect(faults).toEqual([expect.stringContaining(`${name} at 1 events per request`)])
    },
  )
})
