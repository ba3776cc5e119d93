// What the storage refuses changes nothing in memory.
import { reset, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Intake } from '../../../durable-objects/intake/intake.ts'
import { IntakeStore } from '../../../durable-objects/intake/intake-store.ts'
import { segment } from '../../support/events.ts'

/** Small enough to be reached. */
vi.mock('../../../durable-objects/intake/commit-window.ts', async (original) => ({
  ...(await original<object>()),
  MAX_LOG_BYTES: 200,
}))

beforeEach(() => void vi.spyOn(console, 'error').mockReturnValue())
afterEach(async () => {
  vi.restoreAllMocks()
  await reset()
})

const refuse = () => {
  throw new Error('the disk is full')
}

describe('an Intake whose storage refuses a row', () => {
  it('counts what lies in its log still, when a chunk was put and could not be noted', async () => {
    const stub = env.INTAKE.getByName('shop:any:0')
    await stub.append([segment(1_001n, [1n])])
    await stub.append([segment(1_002n, [2n])])
    expect((await stub.append([segment(1_003n, [3n])])).state).toBe('full')
    await runInDurableObject(stub, async (object: Intake) => {
      const update = vi.spyOn(IntakeStore.prototype, 'updateChunk').mockImplementation(refuse)
      vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 61_000)
      await object.alarm()
      expect(update).toHaveBeenCalled()
    })
    expect((await stub.append([segment(1_003n, [3n])])).state).toBe('full')
  })

  it('waits before it plans again', async () => {
    const stub = env.INTAKE.getByName('shop:any:0')
    await stub.append([segment(1_001n, [1n])])
    await runInDurableObject(stub, async (object: Intake, { storage }) => {
      vi.spyOn(IntakeStore.prototype, 'insertChunk').mockImplementation(refuse)
      const nowMs = Date.now() + 61_000
      vi.spyOn(Date, 'now').mockReturnValue(nowMs)
      await storage.deleteAlarm() // as it is while the handler runs
      await object.alarm()
      expect(await storage.getAlarm()).toBeGreaterThanOrEqual(nowMs + 500)
    })
  })
})
