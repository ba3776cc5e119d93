import type { Miniflare } from 'miniflare'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { listDestinations } from '../../scripts/build/destinations.ts'
import { startInWorkerd } from './support/catalog-in-workerd.ts'
import { ROOT, readModules } from './support/modules.ts'
import { loadPlain } from './support/plain-catalog.ts'

let worker: Miniflare

beforeAll(async () => {
  worker = await startInWorkerd('loading-worker.ts', readModules())
  await worker.ready
})
afterAll(() => worker.dispose())

it.each(listDestinations(ROOT))('%s loads in workerd', async (key) => {
  const { name, actions } = loadPlain(key)
  const response = await worker.dispatchFetch(`http://test/${key}`)
  expect(await response.json()).toEqual({ name, actions: Object.keys(actions) })
})
