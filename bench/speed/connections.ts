import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'undici'
import type { ReadyRequest } from './make-requests.ts'

const HEADERS = { 'content-type': 'application/json' }
const DURABLE = 200
const UNAVAILABLE = 503
/** As a client does that is told to send again. */
const RETRY_MS = 1_000
const MAX_TRIES = 30

/** Keep-alive connections to a design, opened before any clock starts. */
export class Connections {
  /** Answers of 503, each sent again until it is taken. */
  refusals = 0
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
        for (const request of waiting) await this.#post(client, request)
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
      if (client !== undefined) await this.#post(client, request)
      return performance.now() - dueAt
    })
    return Promise.all(times)
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()))
  }

  async #post(client: Client, { path, body: sent }: ReadyRequest): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const answer = await client.request({ path, method: 'POST', headers: HEADERS, body: sent })
      if (answer.statusCode === DURABLE) return answer.body.dump()
      const text = await answer.body.text()
      if (answer.statusCode !== UNAVAILABLE || tries === MAX_TRIES) {
        throw new Error(`bench: ${answer.statusCode} ${text}`)
      }
      this.refusals += 1
      await sleep(RETRY_MS)
    }
  }
}
