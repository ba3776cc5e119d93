import type { Miniflare } from 'miniflare'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seededRandom } from '../../bench/seeded-random.ts'
import type { DestinationConfig } from '../../durable-objects/workspace/snapshot.ts'
import { startInWorkerd } from './support/catalog-in-workerd.ts'
import { FOUR_DESTINATIONS } from './support/four-destinations.ts'
import { CALLS, generateEvent } from './support/generate-events.ts'
import { readModulesOf } from './support/modules.ts'
import { sendPlain } from './support/plain-catalog.ts'
import { type SentRequest, startVendor, type Vendor } from './support/vendor.ts'
import type { Delivery } from './support/worker.ts'

const SEED = Number(process.env.SEED ?? 20261006)
const EVENTS_PER_CALL = Number(process.env.EVENTS ?? 8)
const LIMIT_MS = 120_000

/** What node-fetch and Node's HTTP add by themselves, and what workerd does. */
const ADDED_BY_NODE = { accept: '*/*', 'accept-encoding': 'gzip,deflate', connection: 'keep-alive' }
const ADDED_BY_WORKERD = { 'cf-worker': 'worker.example.com' }

let vendor: Vendor
let worker: Miniflare
const endpoints = new Set<string>()

beforeAll(async () => {
  console.log(`requests of ${EVENTS_PER_CALL} events per call, SEED=${SEED}`)
  vendor = await startVendor()
  const modules = readModulesOf(FOUR_DESTINATIONS.map(({ catalogKey }) => catalogKey))
  worker = await startInWorkerd('worker.ts', modules, vendor)
  await worker.ready
}, LIMIT_MS)
afterAll(async () => {
  await worker.dispose()
  vendor.close()
})

async function sendByMillrace(line: string, config: DestinationConfig) {
  const delivery: Delivery = { line, config }
  const body = JSON.stringify(delivery)
  const response = await worker.dispatchFetch('http://test/', { method: 'POST', body })
  return { outcome: await response.json(), requests: vendor.take() }
}

async function sendByNode(line: string, config: DestinationConfig) {
  const errors = await sendPlain(line, config, vendor.port)
  return { errors: errors.filter((error) => error !== null), requests: vendor.take() }
}

/** Throws unless each of the headers is there with the value that the runtime gives it. */
function without(request: SentRequest, added: Readonly<Record<string, string>>): SentRequest {
  const headers = { ...request.headers }
  for (const [name, value] of Object.entries(added)) {
    expect(headers[name]).toBe(value)
    delete headers[name]
  }
  return { ...request, headers }
}

const cases = FOUR_DESTINATIONS.flatMap((config) =>
  CALLS.map((call) => ({ key: config.catalogKey, call, config })),
)

describe('what leaves workerd equals what the catalogue sends in Node', () => {
  it.each(cases)('for $key and the call $call', { timeout: LIMIT_MS }, async ({ call, config }) => {
    const random = seededRandom(SEED)
    for (let n = 0; n < EVENTS_PER_CALL; n += 1) {
      const line = JSON.stringify(generateEvent(call, random))
      const plain = await sendByNode(line, config)
      expect({ line, errors: plain.errors }).toEqual({ line, errors: [] })
      const { outcome, requests } = await sendByMillrace(line, config)
      expect({ line, outcome }).toEqual({ line, outcome: { kind: 'delivered' } })
      expect(requests.length).toBeGreaterThan(0)
      for (const { method, url } of requests) endpoints.add(`${method} ${url}`)
      expect(requests.map((request) => without(request, ADDED_BY_WORKERD))).toEqual(
        plain.requests.map((request) => without(request, ADDED_BY_NODE)),
      )
    }
  })
  it('and goes to each endpoint that their presets and actions have', () => {
    expect([...endpoints].sort()).toEqual([
      'POST https://api-eu.mixpanel.com/engage',
      'POST https://api-eu.mixpanel.com/groups',
      'POST https://api-eu.mixpanel.com/import?strict=1',
      'POST https://api-eu.mixpanel.com/track',
      'POST https://api.amplitude.com/usermap',
      'POST https://api2.amplitude.com/2/httpapi',
      'POST https://api2.amplitude.com/groupidentify',
      'POST https://api2.amplitude.com/identify',
      'POST https://hook.example/in?a=1',
      'POST https://hooks.slack.com/services/T/B/x',
    ])
  })
})
