// A comparison that finds nothing proves nothing: each of these faults must make it fail.
import { describe, expect, it } from 'vitest'
import { PLANTED_IN_IDENTITY } from './faults/identity.ts'
import { loadIdentity } from './identity/load-identity.ts'
import { runIdentity } from './identity/run-identity.ts'

const BUDGET_RUNS = 300
const BY_NAME = PLANTED_IN_IDENTITY.map((twin) => [twin.name, twin] as const)
const LIMIT_MS = 60_000

describe('the comparison of Identity with its reference', () => {
  it.each(BY_NAME)('finds: %s', { timeout: LIMIT_MS }, async (_, twin) => {
    const core = await loadIdentity(twin)
    let found: readonly string[] = []
    for (let seed = 1; seed <= BUDGET_RUNS && found.length === 0; seed += 1) {
      found = runIdentity(core, seed)
    }
    expect(found).not.toEqual([])
  })
})
