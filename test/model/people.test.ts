// The protocol between Identity, Profile and a consumer (identity.md, section 7), on the simulated platform.
// A seed alone, with its trace: npm run test:model -- --seed <seed> --runs 1
import { describe, expect, it } from 'vitest'
import { loadPeople } from './people/load-people.ts'
import { runPeople } from './people/run-people.ts'

/** `npm run test:model` asks for ten times as many of them as of the Intake's. */
const GIVEN = Number(process.env.MODEL_RUNS ?? 100)
const RUNS = GIVEN === 1 ? 1 : GIVEN * 10
const FIRST = Number(process.env.MODEL_SEED ?? 1)
const RUN_LIMIT_MS = 200

describe('who is who and what is known of them, on a simulated platform', () => {
  it(`keeps its promises in the schedules of ${RUNS} seeds from ${FIRST}`, {
    timeout: RUN_LIMIT_MS * RUNS + 20_000,
  }, async () => {
    const product = await loadPeople()
    const broken: string[] = []
    for (let seed = FIRST; seed < FIRST + RUNS; seed += 1) {
      const { violations, trace } = await runPeople(product, seed)
      if (violations.length === 0) continue
      if (RUNS === 1) process.stdout.write(`${trace.join('\n')}\n`)
      broken.push(`seed ${seed}: ${violations.slice(0, 5).join(' · ')}`)
    }
    expect(broken.slice(0, 20)).toEqual([])
  })
})
