import { reset, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Intake } from '../../../durable-objects/intake/intake.ts'
import { segment } from '../../support/events.ts'

const HOUR_MS = 3_600_000

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2046-11-25T12:00:00Z') })
})
afterEach(async () => {
  vi.useRealTimers()
  await reset()
})

it('is set for the next run of the index when a chunk is routed: none for the calls that have ended', async () => {
  const intake = env.INTAKE.getByName('local-website:any:0')
  await intake.append([segment(1n, [10n])])
  vi.setSystemTime(Date.now() + 61_000)
  await runInDurableObject(intake, async (object: Intake, { storage }) => {
    await object.alarm()
    expect(storage.sql.exec('SELECT state FROM chunk').toArray()).toEqual([{ state: 3 }])
    expect(await storage.getAlarm()).toBe(Date.now() + HOUR_MS)
  })
})
