import type { Counts } from '../counts.ts'
import type { Order } from '../order.ts'
import { makeRequests, REQUESTS_PER_SECOND, type WorkloadRequest } from '../workload.ts'
import { LOCAL_SOURCE_ID, LOCAL_WRITE_KEY } from './bench-workspace.ts'
import type { HeldMessage, Meter } from './patch-platform.ts'

const REQUEST_MS = 1_000 / REQUESTS_PER_SECOND
/** As in wrangler.toml. */
const MAX_BATCH_SIZE = 10
const BATCH_TIMEOUT_MS = 1_000
const BASE = 'https://events.example.com'
/** After the last request the clock goes on until all is delivered, at most this long. */
const DRAIN_MS = 600_000

/** The parts that the driver moves. */
export interface Parts {
  readonly env: Env
  readonly fetch: (request: Request) => Promise<Response>
  readonly consume: (batch: MessageBatch<unknown>) => Promise<void>
}

/** Moves clock, requests, alarms and queue, one after the other, so that counts repeat exactly. */
export class Driver {
  readonly #meter: Meter
  readonly #parts: Parts
  #requests: Iterator<WorkloadRequest> = [].values()
  #isOver = false

  constructor(meter: Meter, parts: Parts) {
    this.#meter = meter
    this.#parts = parts
  }

  async run(order: Order): Promise<{ counts: Counts; isOver: boolean }> {
    if (order.kind === 'begin') this.#begin(order)
    else if (order.kind === 'send') await this.#send(order.requests)
    else await this.#drain()
    return { counts: this.#meter.counts, isOver: this.#isOver }
  }

  #begin({ shape, visitors, seed }: Extract<Order, { kind: 'begin' }>): void {
    this.#requests = makeRequests(shape, { visitors, seed, writeKey: LOCAL_WRITE_KEY })
    this.#isOver = false
    for (const name of Object.keys(this.#meter.counts) as (keyof Counts)[]) {
      this.#meter.counts[name] = 0
    }
    // Browsers ask for their settings once a session.
    if (shape.isBrowser) this.#meter.counts.requests += visitors
  }

  async #send(count: number): Promise<void> {
    for (let sent = 0; sent < count; sent += 1) {
      const { done, value } = this.#requests.next()
      if (done) {
        this.#isOver = true
        return
      }
      await this.#post(value)
      await this.#advance(REQUEST_MS)
    }
  }

  async #post({ path, body, events }: WorkloadRequest): Promise<void> {
    const request = new Request(`${BASE}${path}`, { method: 'POST', body: JSON.stringify(body) })
    const response = await this.#parts.fetch(request)
    if (response.status !== 200) throw new Error(`${path}: ${response.status}`)
    await response.arrayBuffer()
    this.#meter.counts.requests += 1
    this.#meter.counts.events += events
  }

  async #advance(ms: number): Promise<void> {
    const { clock } = this.#meter
    clock.nowMs += ms
    await this.#settleBackground()
    for (const key of clock.takeDue()) await this.#fireAlarm(key)
    await this.#settleBackground()
    await this.#consumeDue()
  }

  async #settleBackground(): Promise<void> {
    while (this.#meter.clock.background > 0) await scheduler.wait(1)
  }

  async #fireAlarm(key: string): Promise<void> {
    const [kind, name = ''] = key.split('/')
    const { INTAKE, DESTINATION } = this.#parts.env
    await (kind === 'Intake' ? INTAKE.getByName(name) : DESTINATION.getByName(name)).nudge()
  }

  /** Hands out a batch when ten messages are due, or the oldest has waited a second. */
  async #consumeDue(): Promise<void> {
    const { clock, messages } = this.#meter
    for (;;) {
      const due = messages.filter(({ dueAtMs }) => dueAtMs <= clock.nowMs).slice(0, MAX_BATCH_SIZE)
      const [oldest] = due
      if (oldest === undefined) return
      const isFull = due.length === MAX_BATCH_SIZE
      if (!isFull && clock.nowMs - oldest.dueAtMs < BATCH_TIMEOUT_MS) return
      for (const message of due) messages.splice(messages.indexOf(message), 1)
      await this.#consume(due)
    }
  }

  async #consume(held: readonly HeldMessage[]): Promise<void> {
    const { counts, clock, messages } = this.#meter
    counts.requests += 1
    const before = counts.delivered
    const batch = held.map((each, index) => ({
      id: String(index),
      timestamp: new Date(),
      body: each.body,
      attempts: each.attempts,
      ack() {},
      retry({ delaySeconds = 0 }: QueueRetryOptions = {}) {
        counts.queueOps += 1
        const dueAtMs = clock.nowMs + delaySeconds * 1_000
        messages.push({ ...each, dueAtMs, attempts: each.attempts + 1 })
      },
    }))
    // The consumer uses only what is given here.
    await this.#parts.consume({ queue: 'deliveries', messages: batch } as unknown as MessageBatch)
    counts.consumed += counts.delivered - before
  }

  async #drain(): Promise<void> {
    const { clock, counts } = this.#meter
    const endMs = clock.nowMs + DRAIN_MS
    const isDone = () => counts.delivered === 3 * counts.events
    while (!isDone() && clock.nowMs < endMs) await this.#advance(BATCH_TIMEOUT_MS)
    const intake = this.#parts.env.INTAKE.getByName(`${LOCAL_SOURCE_ID}:any:0`)
    counts.archived += (await intake.totals()).archived
    this.#isOver = true
  }
}
