/// <reference types="vite/types/importMeta.d.ts" />
import { reset } from 'cloudflare:test'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { isJsonObject, type JsonObject } from '../../../worker/event/json.ts'
import examples from '../../fixtures/spec-examples.json'
import { Collector, gzip, WRITE_KEY } from '../../support/collector.ts'
import { expectIntact, sentItems } from '../../support/intact.ts'
import { workspace } from '../../support/mocked-workspace.ts'
import { source } from '../../support/workspace.ts'

vi.mock(
  '../../../durable-objects/workspace/fixed-workspace.ts',
  () => import('../../support/mocked-workspace.ts'),
)

/** One request of a recording; `bytes` on the wire differ only by gzip. */
interface Recorded {
  readonly method: string
  readonly path: string
  readonly headers: { readonly [name: string]: string }
  readonly json?: JsonObject
  readonly text?: string
}

const RECORDINGS = import.meta.glob<{ requests: readonly Recorded[] }>(
  '../../fixtures/sdk/*.json',
  { eager: true, import: 'default' },
)
/** Rudder's keys have a form of their own. */
const RUDDER_KEY = '1aBcDeFgHiJkLmNoPqRsTuVwXyZ'
/** Describes itself: what a server replaces, and the reader of the wire. */
const SKIPPED_HEADERS = ['host', 'content-length', 'connection', 'transfer-encoding']
const named = Object.entries(RECORDINGS).map(
  ([path, recording]) => [path.split('/').at(-1) ?? '', recording] as const,
)

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2046-11-25T12:00:00Z') })
  workspace.has(source({ writeKeys: [WRITE_KEY, RUDDER_KEY] }))
})
afterEach(async () => {
  vi.useRealTimers()
  await reset()
})

/** Jitsu's paths are its own, its bodies are Segment's. */
const mapPath = (path: string) =>
  path.replace('WRITEKEY', WRITE_KEY).replace(/^\/api\/s\/(.)\w*/, '/v1/$1')

async function replay(collector: Collector, request: Recorded): Promise<Response> {
  const headers = new Headers(request.headers)
  for (const name of SKIPPED_HEADERS) headers.delete(name)
  if (headers.has('authorization')) headers.set('authorization', `Basic ${btoa(`${WRITE_KEY}:`)}`)
  const text = request.text ?? JSON.stringify(request.json ?? {})
  const body = text.replace(/"(WRITEKEY|key:\*\*\*)"/g, JSON.stringify(WRITE_KEY))
  const isGzip = headers.get('content-encoding') === 'gzip'
  const path = mapPath(request.path)
  return collector.send(path, {
    method: request.method,
    headers,
    ...(request.method === 'POST' ? { body: isGzip ? await gzip(body) : body } : {}),
  })
}

describe('the recorded requests of', () => {
  it.each(named)(
    '%s are answered, and their events archived once and intact',
    async (_, recording) => {
      const collector = new Collector(workspace)
      const known = recording.requests.filter(({ path }) => !path.startsWith('/sourceConfig'))
      for (const request of known) {
        const response = await replay(collector, request)
        expect([200, 204], `${request.method} ${request.path}`).toContain(response.status)
        if (request.method !== 'POST') continue
        expect(await response.json()).toEqual({ success: true })
      }
      const sent = known
        .filter(({ method }) => method === 'POST')
        .flatMap(({ json, text = '{}', path }) =>
          sentItems(json ?? JSON.parse(text), mapPath(path)),
        )
      const byId = new Map(sent.map((item) => [item.messageId, item]))
      const archived = await collector.archived()
      expect(archived.map(({ messageId }) => messageId).sort()).toEqual([...byId.keys()].sort())
      for (const line of archived) expectIntact(byId.get(line.messageId), line)
      expect((await collector.totals()).duplicates).toBe(sent.length - byId.size)
    },
  )
})

/** The Objects API is another one; its answers are no calls. */
const calls = examples.examples.filter(({ path }) => !path.includes('/object-'))

describe("the examples of Segment's documentation", () => {
  it.each(calls.filter(({ json }) => !hasId(json)))(
    '$json.type of $path is cut to its fields: without an id it is discarded, visibly',
    async ({ json }) => {
      const collector = new Collector(workspace)
      await collector.post(`/v1/${json.type}`, { ...json, writeKey: WRITE_KEY })
      expect(await collector.totals()).toMatchObject({ discards: { no_user_anon_id: 1 } })
    },
  )

  it.each(
    calls
      .filter(({ json }) => hasId(json))
      .map((example, index) => [index, example.path, example] as const),
  )('%i of %s is archived as documented', async (_, __, example) => {
    const json: JsonObject = example.json
    const type = readType(example)
    const collector = new Collector(workspace)
    const body = { ...json, writeKey: WRITE_KEY }
    expect((await collector.post(`/v1/${type}`, body)).status).toBe(200)
    const archived = await collector.archived()
    expect(archived).toHaveLength(1)
    expectIntact({ ...json, type }, archived[0] ?? {})
  })

  function hasId(json: JsonObject): boolean {
    return ['userId', 'anonymousId', 'user_id'].some((name) => typeof json[name] === 'string')
  }

  function readType(example: (typeof calls)[number]): string {
    const json: JsonObject = example.json
    const type = 'type' in example ? example.type : json.action
    return isJsonObject(json) && typeof type === 'string' ? type : 'track'
  }
})
