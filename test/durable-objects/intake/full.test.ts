import { abortAllDurableObjects, reset, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Intake } from '../../../durable-objects/intake/intake.ts'
import { segment } from '../../support/events.ts'

/** Small enough to be reached. */
vi.mock('../../../durable-objects/intake/commit-window.ts', async (original) => ({
  ...(await original<object>()),
  MAX_LOG_BYTES: 1_000,
}))

afterEach(async () => {
  vi.restoreAllMocks()
  await reset()
})

const intake = () => env.INTAKE.getByName('shop:any:0')
const sealNow = () =>
  runInDurableObject(intake(), async (object: Intake) => {
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 61_000)
    await object.alarm()
    vi.mocked(Date.now).mockRestore()
  })
async function fill(): Promise<string[]> {
  const states: string[] = []
  for (let n = 0; n < 12; n += 1) {
    const id = BigInt(states.length + 1)
    states.push((await intake().append([segment(1_000n + id, [id])])).state)
  }
  return states
}

describe('an Intake whose log is full', () => {
  it('takes nothing more, planned chunks included, until the archive has them', async () => {
    vi.spyOn(console, 'error').mockReturnValue()
    const put = vi.spyOn(env.ARCHIVE, 'put').mockRejectedValue(new Error('R2 is down'))
    const states = await fill()
    expect(states.at(0)).toBe('durable')
    expect(states.at(-1)).toBe('full')
    const taken = states.filter((state) => state === 'durable').length
    await sealNow()
    await abortAllDurableObjects()
    expect((await intake().append([segment(1n, [1n])])).state).toBe('full')
    put.mockRestore()
    await sealNow()
    expect((await intake().append([segment(2n, [2n])])).state).toBe('durable')
    expect(await intake().totals()).toMatchObject({ archived: taken })
  })
})
