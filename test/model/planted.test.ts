// A model that finds nothing proves nothing: each of these faults must make it fail.
import { describe, expect, it } from 'vitest'
import { PLANTED } from './faults/planted.ts'
import { loadProduct } from './load-product.ts'
import { runSchedule } from './run-schedule.ts'

const BUDGET_SCHEDULES = 80
const BY_NAME = PLANTED.map((twin) => [twin.name, twin] as const)
const LIMIT_MS = 120_000

describe('the model', () => {
  it.each(BY_NAME)('finds: %s', { timeout: LIMIT_MS }, async (_, twin) => {
    const product = await loadProduct(twin)
    let found: readonly string[] = []
    for (let seed = 1; seed <= BUDGET_SCHEDULES && found.length === 0; seed += 1) {
      found = (await runSchedule(product, seed)).violations
    }
    expect(found).not.toEqual([])
  })
})
