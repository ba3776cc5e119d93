// A model that finds nothing proves nothing: each of these faults must make it fail.
import { describe, expect, it } from 'vitest'
import { loadPeople } from './people/load-people.ts'
import { PLANTED } from './people/planted.ts'
import { runPeople } from './people/run-people.ts'

const BUDGET_SCHEDULES = 500
const LIMIT_MS = 120_000
const BY_NAME = PLANTED.map((twin) => [twin.name, twin] as const)

describe('the model of people', () => {
  it.each(BY_NAME)('finds: %s', { timeout: LIMIT_MS }, async (_, twin) => {
    const product = await loadPeople(twin)
    let found: readonly string[] = []
    for (let seed = 1; seed <= BUDGET_SCHEDULES && found.length === 0; seed += 1) {
      found = (await runPeople(product, seed)).violations
    }
    expect(found).not.toEqual([])
  })
})
