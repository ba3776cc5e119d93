// Real code on a simulated platform: Intake, Destination and the request side's writing are the product's
// own, over real SQLite in Node. The platform around them (clock, network, R2, lives of objects) is
// simulated rather than workerd, because there an object cannot be killed between two chosen awaits, a
// schedule does not repeat, and one takes seconds instead of a tenth of one. What workerd itself does is
// for test/durable-objects and test/real.
import { describe, expect, it } from 'vitest'
import { loadProduct } from './load-product.ts'
import { runSchedule } from './run-schedule.ts'

const RUNS = Number(process.env.MODEL_RUNS ?? 60)
const FIRST = Number(process.env.MODEL_SEED ?? 1)
const RUN_LIMIT_MS = 2_000

describe('the Intake on a simulated platform', () => {
  it(`keeps its promises in the schedules of ${RUNS} seeds from ${FIRST}`, {
    timeout: RUN_LIMIT_MS * RUNS + 20_000,
  }, async () => {
    const product = await loadProduct()
    const broken: string[] = []
    for (let seed = FIRST; seed < FIRST + RUNS; seed += 1) {
      const { violations, trace } = await runSchedule(product, seed)
      if (violations.length === 0) continue
      if (RUNS === 1) process.stdout.write(`${trace.join('\n')}\n`)
      const alone = `npm run test:model -- --seed ${seed} --runs 1`
      broken.push(`seed ${seed} (alone: ${alone}): ${violations.slice(0, 5).join(' · ')}`)
    }
    expect(broken).toEqual([])
  })

  it('does the same again for the same seed', async () => {
    const product = await loadProduct()
    const [first, again] = [await runSchedule(product, 9), await runSchedule(product, 9)]
    expect(again.trace).toEqual(first.trace)
    expect(first.trace.length).toBeGreaterThan(50)
  })
})
