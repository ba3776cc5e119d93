import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'undici'
import type { ReadyRequest } from './make-requests.ts'

const HEADERS = { 'content-type': 'application/json' }
const DURABLE = 200

/** Keep-alive connections to a design, opened before any clock starts. */
export class Connections {
  readonly #clients: readonly Client[]

  constructor(url: string, count: number) {
    this.#clients = Array.from({ length: count }, () => new Client(url, { pipelining: 1 }))
  }

  /** Opens all of them. */
  async open(): Promise<void> {
    await Promise.all(
      this.#clients.map(async (client) => {
        const { body } = await client.request({ path: '/puts?from=9999999', method: 'GET' })
        await body.dump()
      }),
    )
  }

  /** Sends requests, on each connection the next as soon as the last is answered. */
  async sendAll(requests: readonly ReadyRequest[]): Promise<void> {
    const waiting = requests.values()
    await Promise.all(
      this.#clients.map(async (client) => {
        for (const request of waiting) await post(client, request)
      }),
    )
  }

  /**
   * Sends requests by the clock, whether answers come or not; gives each one's time in ms from when
   * it was due to its answer.
   */
  async sendPaced(requests: readonly ReadyRequest[], perSecond: number): Promise<number[]> {
    const startedAt = performance.now()
    const times = requests.map(async (request, index) => {
      const dueAt = startedAt + (index * 1_000) / perSecond
      await sleep(Math.max(0, dueAt - performance.now()))
      const client = this.#clients[index % this.#clients.length]
      if (client !== undefined) await post(client, request)
      return performance.now() - dueAt
    })
    return Promise.all(times)
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()))
  }
}

async function post(client: Client, { path, body: sent }: ReadyRequest): Promise<void> {
  const answer = await client.request({ path, method: 'POST', headers: HEADERS, body: sent })
  if (answer.statusCode !== DURABLE) {
    throw new Error(`bench: ${answer.statusCode} ${await answer.body.text()}`)
  }
  await answer.body.dump()
}
