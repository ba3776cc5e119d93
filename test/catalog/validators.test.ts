import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { JSONObject } from '@segment/actions-core'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { seededRandom } from '../../bench/seeded-random.ts'
import type { CatalogModule } from '../../queues/catalog/module.ts'
import { listDestinations } from '../../scripts/build/destinations.ts'
import { type FieldSchema, generatePayload } from './support/generate-payload.ts'
import { CATALOG_OUTPUT, ROOT } from './support/modules.ts'
import { core, loadPlain } from './support/plain-catalog.ts'
import { Validation, type Verdict } from './support/verdicts.ts'

const SEED = Number(process.env.SEED ?? 20261006)
const PER_SCHEMA = Number(process.env.PAYLOADS ?? 4)

const require = createRequire(import.meta.url)
const counts = { actions: 0, accepted: 0, refused: 0 }

function loadBoth(key: string) {
  const built: CatalogModule = require(join(ROOT, CATALOG_OUTPUT, `${key}.js`))
  const plain = { Destination: core.Destination, definition: loadPlain(key) }
  return { built: new Validation(built), plain: new Validation(plain as CatalogModule) }
}

/** Compares what both make of generated inputs; each gets a copy, because validation changes it. */
async function compare(
  schema: FieldSchema,
  judges: readonly ((input: JSONObject) => Promise<Verdict>)[],
): Promise<void> {
  const random = seededRandom(SEED)
  for (let n = 0; n < PER_SCHEMA; n += 1) {
    const input = generatePayload(schema, random)
    const [built, plain] = await Promise.all(judges.map((judge) => judge(structuredClone(input))))
    expect({ input, verdict: built }).toEqual({ input, verdict: plain })
    counts[plain !== undefined && 'accepted' in plain ? 'accepted' : 'refused'] += 1
  }
}

beforeAll(() => {
  vi.spyOn(console, 'warn').mockReturnValue() // Ajv's strict mode about two schemas of the catalogue
})

it.each(listDestinations(ROOT))('%s is validated as by the catalogue itself', async (key) => {
  const { built, plain } = loadBoth(key)
  if (plain.settingsSchema !== undefined) {
    await compare(plain.settingsSchema as FieldSchema, [
      (input) => built.settings(input),
      (input) => plain.settings(input),
    ])
  }
  for (const [action, { schema }] of Object.entries(plain.actions)) {
    counts.actions += 1
    await compare((schema ?? {}) as FieldSchema, [
      (input) => built.payload(action, input),
      (input) => plain.payload(action, input),
    ])
  }
})

it('every action has had payloads of both kinds', () => {
  expect(counts.actions).toBe(598)
  expect(counts.accepted).toBeGreaterThan(counts.refused / 3)
  expect(counts.refused).toBeGreaterThan(counts.accepted / 3)
})

afterAll(() => {
  vi.restoreAllMocks()
  const { accepted, refused } = counts
  console.log(`${accepted} inputs accepted, ${refused} refused by both, SEED=${SEED}`)
})
