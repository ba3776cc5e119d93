// A day that is larger than a part of an upload.
import { reset, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, expect, it, vi } from 'vitest'
import { seededRandom } from '../../../bench/seeded-random.ts'
import { HashIndex } from '../../../durable-objects/intake/hash-index.ts'
import { USER_RUN } from '../../../durable-objects/intake/hash-run.ts'
import type { IntakeMemory } from '../../../durable-objects/intake/intake-memory.ts'
import { readDay } from '../../../durable-objects/intake/read-day.ts'
import { Roller } from '../../../durable-objects/intake/roll-runs.ts'
import { RunEntries } from '../../../durable-objects/intake/run-entries.ts'
import { RunStore } from '../../../durable-objects/intake/run-store.ts'

afterEach(async () => {
  vi.restoreAllMocks()
  await reset()
})

const RUNS = 2
const RUN_ENTRIES = 262_144
const PLANNED_AT_MS = Date.parse('2020-01-01T12:00:00Z')

function entriesOf(chunk: number): { run: RunEntries; sample: bigint } {
  const random = seededRandom(chunk)
  const run = new RunEntries(RUN_ENTRIES)
  let sample = 0n
  for (let n = 0; n < RUN_ENTRIES; n += 1) {
    const [high, low] = [Math.floor(random() * 2 ** 32), Math.floor(random() * 2 ** 32)]
    sample = BigInt(high) * 2n ** 32n + BigInt(low)
    run.add({ high, low, chunk, kind: 0 })
  }
  return { run, sample }
}

it('goes into R2 in parts, and leaves the tables when all of them are there', async () => {
  const start = vi.spyOn(env.ARCHIVE, 'createMultipartUpload')
  await runInDurableObject(env.INTAKE.getByName('shop:any:0'), async (_, { storage }) => {
    const store = new RunStore(storage)
    const samples = Array.from({ length: RUNS }, (_, index) => {
      const chunk = index + 1
      const { run, sample } = entriesOf(chunk)
      const known = { fromChunk: chunk, toChunk: chunk, plannedAtMs: [PLANNED_AT_MS] }
      store.write([{ ...known, name: 'u', entries: run, shape: USER_RUN }], 2 * chunk)
      return sample
    })
    const index = new HashIndex(store)
    // As far as rolling asks: all is in the archive.
    const memory = { archivedTo: RUNS } as IntakeMemory
    await new Roller({ bucket: env.ARCHIVE, index, intake: 'shop.any.0.0', memory }).roll()
    expect(index.users).toEqual([])
    expect(start).toHaveBeenCalledTimes(1)
    const [day] = new HashIndex(new RunStore(storage)).rolled
    if (day === undefined) throw new Error('no day was rolled')
    expect(day.entries).toBe(RUNS * RUN_ENTRIES)
    for (const [at, sample] of samples.entries()) {
      expect(await readDay(env.ARCHIVE, day, sample)).toEqual([at + 1])
    }
    expect(await readDay(env.ARCHIVE, day, 12_345n)).toEqual([])
  })
}, 60_000)
