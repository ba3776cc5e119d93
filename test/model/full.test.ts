// The log of 4 GB, of 100 KB here: full, then the spool, then `503`, then all of it drained.
import { expect, it } from 'vitest'
import { twin } from './faults/twin.ts'
import { playFull } from './full-schedule.ts'
import { loadProduct } from './load-product.ts'
import { runSchedule } from './run-schedule.ts'

type WindowModule = { readonly MAX_LOG_BYTES: number }

const SEEDS = [1, 2]
const smallLog = twin<WindowModule>(
  'a log of 100 KB',
  'durable-objects/intake/commit-window.ts',
  () => ({ MAX_LOG_BYTES: 100_000 }),
)

it('loses and doubles nothing when R2 is down until the log is full, and longer', async () => {
  const product = await loadProduct(smallLog)
  for (const seed of SEEDS) {
    const { violations, trace } = await runSchedule(product, seed, playFull)
    expect(violations).toEqual([])
    expect(trace.filter((line) => line.includes('APPEND_REFUSED')).length).toBeGreaterThan(20)
    expect(trace.filter((line) => line.includes('stored spool/')).length).toBeGreaterThan(20)
    expect(trace.filter((line) => line.includes('told unavailable')).length).toBeGreaterThan(20)
  }
}, 60_000)
