// The pure core of Identity beside a slow, obvious reference, over random ids, events, undoings and
// joins. A seed alone: MODEL_RUNS=1 MODEL_SEED=…
import { describe, expect, it, vi } from 'vitest'
import { loadIdentity } from './identity/load-identity.ts'
import { runIdentity } from './identity/run-identity.ts'
import { runObject } from './identity/run-object.ts'

/** `npm run test:model` asks for ten times as many of them as of the Intake's. */
const GIVEN = Number(process.env.MODEL_RUNS ?? 100)
const RUNS = GIVEN === 1 ? 1 : GIVEN * 10
const FIRST = Number(process.env.MODEL_SEED ?? 1)
const RUN_LIMIT_MS = 50
const OBJECT_RUNS = Math.ceil(RUNS / 20)

describe('who is who', () => {
  it(`is what the reference says in the runs of ${RUNS} seeds from ${FIRST}`, {
    timeout: RUN_LIMIT_MS * RUNS + 20_000,
  }, async () => {
    const core = await loadIdentity()
    const broken: string[] = []
    for (let seed = FIRST; seed < FIRST + RUNS; seed += 1) {
      const violations = runIdentity(core, seed)
      if (violations.length > 0) broken.push(`seed ${seed}: ${violations.slice(0, 5).join(' · ')}`)
    }
    expect(broken.slice(0, 5)).toEqual([])
  })

  it(`is what Identity stores, on a disk that fails, in the runs of ${OBJECT_RUNS} seeds from ${FIRST}`, {
    timeout: RUN_LIMIT_MS * 20 * OBJECT_RUNS + 20_000,
  }, () => {
    vi.spyOn(console, 'error').mockReturnValue()
    const broken: string[] = []
    for (let seed = FIRST; seed < FIRST + OBJECT_RUNS; seed += 1) {
      const violations = runObject(seed)
      if (violations.length > 0) broken.push(`seed ${seed}: ${violations.slice(0, 5).join(' · ')}`)
    }
    vi.restoreAllMocks()
    expect(broken.slice(0, 5)).toEqual([])
  })
})
