import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { JSONObject } from '@segment/actions-core'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { CatalogModule } from '../../queues/catalog/module.ts'
import { bundleCatalog } from '../../scripts/build/catalog.ts'
import { CATALOG } from '../../scripts/build/destinations.ts'
import { checkKeys } from '../../scripts/build/validators.ts'

const root = resolve(import.meta.dirname, '../..')
const require = createRequire(import.meta.url)

let outdir: string
let built: CatalogModule
let original: Pick<CatalogModule, 'Destination' | 'definition'>

beforeAll(async () => {
  outdir = mkdtempSync(join(tmpdir(), 'millrace-catalog-'))
  await bundleCatalog({ root, destinations: ['webhook', 'slack'], outdir })
  built = require(join(outdir, 'webhook.js'))
  const { Destination } = require('@segment/actions-core')
  original = { Destination, definition: require(`${CATALOG}/webhook`).default }
})
afterAll(() => rmSync(outdir, { recursive: true }))
afterEach(() => {
  vi.restoreAllMocks()
})

type Fields = JSONObject

const CALL = {
  data: { type: 'track', event: 'Seen', messageId: 'm1' },
  auth: undefined,
} as const

/** What `perform` gets for a mapping of constants, or the error that keeps it from being called. */
async function validate({ Destination, definition }: typeof original, mapping: Fields) {
  const { send } = definition.actions
  const perform = (_request: unknown, { payload }: { payload: unknown }) => payload
  const actions = { send: { ...send, perform } }
  const destination = new Destination({ ...definition, actions } as typeof definition)
  try {
    const results = await destination.actions.send?.execute({ ...CALL, mapping, settings: {} })
    return results?.at(-1)?.data
  } catch (error) {
    return String(error)
  }
}

function validateSettings({ Destination, definition }: typeof original, settings: Fields) {
  try {
    new Destination(definition).validateSettings(settings as never)
    return settings
  } catch (error) {
    return String(error)
  }
}

const GOOD = { url: 'https://a.example/in', method: 'POST' }

describe('a compiled validator', () => {
  it.each<[string, Fields, unknown]>([
    ['accepts what is right', GOOD, GOOD],
    [
      'misses a required field',
      { method: 'POST' },
      "AggregateAjvError: The root value is missing the required field 'url'.",
    ],
    [
      'refuses what is no URI',
      { ...GOOD, url: 'nope' },
      'AggregateAjvError: URL must be a valid URI string but it was not.',
    ],
    [
      'refuses what is no choice',
      { ...GOOD, method: 'GET' },
      'AggregateAjvError: Method must be one of: "POST", "PUT", or "PATCH".',
    ],
    [
      'names every fault',
      { url: { a: 1 }, method: 'POST', headers: 'x' },
      'AggregateAjvError: URL must be a string but it was an object. Headers must be an object but it was a string.',
    ],
    [
      'makes texts of numbers',
      { ...GOOD, batch_keys: [1, 'url'] },
      { ...GOOD, batch_keys: ['1', 'url'] },
    ],
    ['makes numbers of texts', { ...GOOD, batch_size: '7' }, { ...GOOD, batch_size: 7 }],
    ['makes a list of one value', { ...GOOD, batch_keys: 'url' }, { ...GOOD, batch_keys: ['url'] }],
    ['removes what is not declared', { ...GOOD, extra: 1 }, GOOD],
    [
      'keeps what is in an object',
      { ...GOOD, data: { extra: { n: 1 } } },
      { ...GOOD, data: { extra: { n: 1 } } },
    ],
  ])("%s, as the catalogue's own Ajv does", async (_case, mapping, expected) => {
    expect(await validate(built, structuredClone(mapping))).toEqual(expected)
    expect(await validate(original, structuredClone(mapping))).toEqual(expected)
  })

  it.each<[Fields, unknown]>([
    [{ sharedSecret: 5 }, { sharedSecret: '5' }],
    [{ sharedSecret: 's', extra: 1 }, { sharedSecret: 's' }],
    [
      { sharedSecret: {} },
      'AggregateAjvError: Shared Secret must be a string but it was an object.',
    ],
  ])('makes of the settings %j what the catalogue does', (settings, expected) => {
    expect(validateSettings(built, { ...settings })).toEqual(expected)
    expect(validateSettings(original, { ...settings })).toEqual(expected)
  })

  it('is missing for a destination of another name, and says so', async () => {
    const definition = { ...built.definition, name: 'Unbuilt' }
    expect(await validate({ ...built, definition }, GOOD)).toBe(
      'Error: the build compiled no validator for "Unbuilt:Send"',
    )
  })
})

describe('the built catalogue', () => {
  it('holds one module per destination and shared chunks, nothing else', () => {
    const isChunk = (name: string) => /^chunk-[A-Z0-9]{8}\.js$/.test(name)
    const names = readdirSync(outdir)
    expect(names.filter((name) => !isChunk(name)).sort()).toEqual(['slack.js', 'webhook.js'])
    expect(names.filter(isChunk).length).toBeGreaterThan(0)
  })

  it('has one core for all destinations', () => {
    const texts = readdirSync(outdir).map((name) => readFileSync(join(outdir, name), 'utf8'))
    expect(texts.join().split('Unexpected call to createAudience')).toHaveLength(2)
    const slack: CatalogModule = require(join(outdir, 'slack.js'))
    expect(slack.definition.name).toBe('Slack')
    expect(slack.Destination).toBe(built.Destination)
    expect(slack.recordRequests).toBe(built.recordRequests)
  })

  it('generates no code at run time', () => {
    for (const name of readdirSync(outdir)) {
      expect(readFileSync(join(outdir, name), 'utf8')).not.toMatch(/new Function\b|\beval\(/)
    }
  })

  it('records the signed request of an action and keeps the name of its error', async () => {
    const answer = new Response('{}', { status: 500, statusText: 'Broken' })
    const fetch = vi.spyOn(globalThis, 'fetch').mockResolvedValue(answer)
    const destination = new built.Destination(built.definition)
    const mapping = { ...GOOD, data: { a: { '@path': '$.event' } } }
    const settings = { sharedSecret: 'secret' }
    const { outcome, requests } = await built.recordRequests(
      async () => await destination.actions.send?.execute({ ...CALL, mapping, settings }),
    )
    expect(requests).toEqual([{ method: 'POST', url: 'https://a.example/in', status: 500 }])
    expect(outcome).toMatchObject({ ok: false, error: { name: 'HTTPError', message: 'Broken' } })
    const [request] = fetch.mock.lastCall ?? []
    if (!(request instanceof Request)) throw new Error('no request')
    expect(await request.text()).toBe('{"a":"Seen"}')
    expect(request.headers.get('x-signature')).toBe('c299e5dc7ceead68450975963bd75fc89fcb3de6')
  })
})

it('names the destination whose definition does not load', async () => {
  const plan = { root, destinations: ['webhook', 'example'], outdir }
  await expect(bundleCatalog(plan)).rejects.toThrow('destination example: Cannot find module')
})

it('refuses two different schemas of one key', () => {
  const schema = { type: 'object', title: 'one' }
  const same = { key: 'A:Send', schema: { ...schema } }
  expect(() => checkKeys([{ key: 'A:Send', schema }, same])).not.toThrow()
  const other = { key: 'A:Send', schema: { type: 'object', title: 'two' } }
  expect(() => checkKeys([same, other])).toThrow('two schemas have the key "A:Send"')
})
