import { env } from 'cloudflare:workers'
import { vi } from 'vitest'
import { intakeName } from '../../durable-objects/workspace/intake-name.ts'
import { createApp } from '../../worker/app.ts'
import { parseDeployment } from '../../worker/deployment.ts'
import type { JsonObject } from '../../worker/event/json.ts'
import type { TestWorkspace } from './workspace.ts'

export const BASE = 'https://events.example.com'
export const WRITE_KEY = 'shop-write-key-000000000000000000'
export const ADMIN_TOKEN = 'test-admin-token-000'
/** The tests' Intakes seal after 60 s (test/vitest.config.ts). */
const SEAL_MS = 61_000

/** The deployed app over a workspace, and what its Intakes made of the requests. */
export class Collector {
  readonly #app: ReturnType<typeof createApp>
  readonly #env: Env

  constructor(workspace: TestWorkspace, bindings: Partial<Env> = {}) {
    const variables = { SEAL_SECONDS: 5, LEASE_SECONDS: 90, WAKE_SECONDS: 300, ADMIN_TOKEN }
    this.#app = createApp({ deployment: parseDeployment(variables), workspace })
    this.#env = { ...env, ...bindings }
  }

  /** Sends a request; `cf` is what Cloudflare's edge would add. */
  async send(path: string, init: RequestInit = {}): Promise<Response> {
    return this.#app.fetch(new Request(`${BASE}${path}`, init), this.#env)
  }

  /** Asks the API, with its token. */
  api(path: string): Promise<Response> {
    return this.send(`/api${path}`, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } })
  }

  /** Posts a body as JSON. */
  post(path: string, body: unknown, headers: HeadersInit = {}): Promise<Response> {
    return this.send(path, { method: 'POST', headers, body: JSON.stringify(body) })
  }

  /** Posts a batch to the shop's source. */
  batch(...batch: unknown[]): Promise<Response> {
    return this.post('/v1/batch', { writeKey: WRITE_KEY, batch })
  }

  totals(source = 'shop') {
    return env.INTAKE.getByName(intakeName(source)).totals()
  }

  /** Lets the Intake of unknown keys decide; the clock goes on by a minute. */
  verify(): Promise<void> {
    return this.#seal('unverified')
  }

  /** All lines in the archive of a source once everything is sealed; the clock goes on by a minute. */
  async archived(source = 'shop'): Promise<JsonObject[]> {
    const lines = (await this.archivedText(source)).split('\n')
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line))
  }

  /** The same as it lies there. */
  async archivedText(source = 'shop'): Promise<string> {
    await this.#seal(source)
    const { objects } = await env.ARCHIVE.list({ prefix: `archive/${source}/` })
    return (await Promise.all(objects.map(({ key }) => readText(key)))).join('')
  }

  async #seal(source: string): Promise<void> {
    vi.setSystemTime(Date.now() + SEAL_MS)
    await env.INTAKE.getByName(intakeName(source)).nudge()
  }
}

async function readText(key: string): Promise<string> {
  const object = await env.ARCHIVE.get(key)
  if (object === null) return ''
  return new Response(object.body.pipeThrough(new DecompressionStream('gzip'))).text()
}

/** Bytes of a text, gzipped. */
export async function gzip(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}
