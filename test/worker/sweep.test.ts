// The cron over Intakes that are driven.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nudgeObjects } from '../../worker/nudge.ts'
import { sweepSpools } from '../../worker/sweep.ts'
import { source } from '../support/workspace.ts'

const NAMES = Array.from({ length: 1_000 }, (_, n) => `s${n}`)
const PAGE = 600

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] })
  vi.spyOn(console, 'error').mockReturnValue()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** Bindings with something in the spool of all sources; `call` is what a sweep or a nudge does. */
function bindings(call: (name: string) => Promise<void>): Env {
  const list = async ({ cursor }: { cursor?: string }) => ({
    truncated: cursor === undefined,
    cursor: 'second',
    delimitedPrefixes: (cursor === undefined ? NAMES.slice(0, PAGE) : NAMES.slice(PAGE)).map(
      (name) => `spool/${name}/`,
    ),
  })
  const getByName = (name: string) => ({ sweep: () => call(name), nudge: () => call(name) })
  return { ARCHIVE: { list }, INTAKE: { getByName }, DESTINATION: { getByName } } as unknown as Env
}

/** Calls of which some hang: who was called, and at once at most. */
function watched(isHanging: (name: string) => boolean) {
  const seen = { names: new Set<string>(), atOnce: 0, most: 0 }
  const call = async (name: string) => {
    seen.names.add(name)
    seen.atOnce += 1
    seen.most = Math.max(seen.most, seen.atOnce)
    await (isHanging(name) ? new Promise(() => {}) : Promise.resolve())
    seen.atOnce -= 1
  }
  return { seen, call }
}

const sources = NAMES.map((id) => source({ id }))
const snapshot = async () => ({ version: 1, sources, destinations: [] })
const workspace = { snapshot, snapshotSince: snapshot }

describe.each([
  ['a cron that sweeps', sweepSpools],
  ['a cron that nudges', (env: Env) => nudgeObjects(env, workspace)],
])('%s', (_, run) => {
  it('is through with 1,000 sources in seconds, a bounded number at once, though some hang', async () => {
    const { seen, call } = watched((name) => /^s\d00/.test(name))
    let isDone = false
    const running = run(bindings(call)).then(() => {
      isDone = true
    })
    await vi.waitFor(() => expect(seen.names.size).toBeGreaterThanOrEqual(1_000), 3_000)
    expect(isDone).toBe(false)
    await vi.advanceTimersByTimeAsync(20_000)
    await running
    expect(seen.most).toBeLessThanOrEqual(50)
  })
})
