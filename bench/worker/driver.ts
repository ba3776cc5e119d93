import { intakeName } from '../../durable-objects/workspace/intake-name.ts'
import { PROFILES } from '../../durable-objects/workspace/snapshot.ts'
import type { Counts } from '../counts.ts'
import type { Order } from '../order.ts'
import {
  makeEarlierRequests,
  makeRequests,
  REQUESTS_PER_SECOND,
  type WorkloadRequest,
} from '../workload.ts'
import { LOCAL_SOURCE_ID, LOCAL_WRITE_KEY } from './bench-workspace.ts'
import { Broker } from './broker.ts'
import { uncounted } from './count-calls.ts'
import { ringAlarm, ringTimers } from './count-object.ts'
import { NO_OBJECT } from './driven-clock.ts'
import type { Meter } from './meter.ts'

const REQUEST_MS = 1_000 / REQUESTS_PER_SECOND
const BASE = 'https://events.example.com'
/** After the last request the clock goes on until all is delivered, at most this long. */
const DRAIN_MS = 600_000
const DRAIN_STEP_MS = 1_000
const GROUP_POLL_MS = 10
/** Longer than a consumer remembers whom it has seen. */
const BETWEEN_VISITS_MS = 120_000

type Begin = Extract<Order, { kind: 'begin' }>

/** What a deployment exports, as far as the driver moves it. */
export interface Product {
  fetch(request: Request, env: Env, ctx: ExecutionContext): Response | Promise<Response>
  queue(batch: MessageBatch<unknown>, env: Env, ctx: ExecutionContext): void | Promise<void>
}

/** The parts that the driver moves. */
export interface Parts {
  readonly env: Env
  readonly product: Product
}

/** Moves clock, requests, alarms and queue, one after the other, so that counts repeat exactly. */
export class Driver {
  readonly #meter: Meter
  readonly #parts: Parts
  #requests: Iterator<WorkloadRequest> = [].values()
  #isOver = false
  #isGrouped = false
  /** Requests that are not answered yet. */
  readonly #open = new Set<Promise<void>>()
  #archivedBefore = 0
  readonly #broker: Broker
  readonly #ctx: ExecutionContext

  constructor(meter: Meter, parts: Parts) {
    this.#meter = meter
    this.#parts = parts
    this.#broker = new Broker(meter, (batch) => parts.product.queue(batch, parts.env, this.#ctx))
    const waitUntil = (work: Promise<unknown>) => meter.clock.follow(work)
    // A Worker uses only what is given here.
    this.#ctx = { waitUntil, passThroughOnException() {}, props: {} } as unknown as ExecutionContext
  }

  async run(order: Order): Promise<{ counts: Counts; isOver: boolean }> {
    if (order.kind === 'begin') await this.#begin(order)
    else if (order.kind === 'send') await this.#send(order.requests)
    else await this.#drain()
    return { counts: this.#meter.counts, isOver: this.#isOver }
  }

  /** What the returning visitors did before is no part of the workload: nothing of it is counted. */
  async #begin({ shape, visitors, seed, consumers, isGrouped }: Begin): Promise<void> {
    const { counts, clock } = this.#meter
    const workload = { visitors, seed, writeKey: LOCAL_WRITE_KEY }
    this.#broker.consumers = consumers
    this.#isGrouped = isGrouped
    this.#requests = makeEarlierRequests(shape, workload)
    await this.#send(Number.POSITIVE_INFINITY)
    await this.#drain()
    const untilMs = clock.nowMs + BETWEEN_VISITS_MS
    while (clock.nowMs < untilMs) await this.#advance(DRAIN_STEP_MS)
    this.#archivedBefore = await this.#archived()
    this.#requests = makeRequests(shape, workload)
    this.#isOver = false
    for (const name of Object.keys(counts) as (keyof Counts)[]) counts[name] = 0
  }

  async #send(count: number): Promise<void> {
    for (let sent = 0; sent < count && !this.#isOver; sent += 1) {
      const { done = false, value } = this.#requests.next()
      this.#isOver = done
      if (value === undefined) break
      await this.#start(value)
      // The workload's rate is that of its events: settings are loaded between them.
      if (value.events > 0) await this.#advance(REQUEST_MS)
    }
    // A request ends with the order that began it.
    while (this.#open.size > 0) {
      await this.#advance(REQUEST_MS)
      if (this.#isGrouped) await scheduler.wait(GROUP_POLL_MS)
    }
  }

  /** Requests do not wait for one another: goes on when this one is answered, or waits in an object. */
  async #start(request: WorkloadRequest): Promise<void> {
    const entered = this.#meter.entered
    let isAnswered = false
    const answer = this.#request(request).finally(() => {
      isAnswered = true
      this.#open.delete(answer)
    })
    this.#open.add(answer)
    // In a group it may wait for its turn outside of every object, and looks again each 8 ms.
    if (this.#isGrouped) await scheduler.wait(GROUP_POLL_MS)
    else while (!isAnswered && this.#meter.entered === entered) await scheduler.wait(0)
  }

  async #request({ path, body, events }: WorkloadRequest): Promise<void> {
    const init = body === null ? {} : { method: 'POST', body: JSON.stringify(body) }
    const { env, product } = this.#parts
    const response = await product.fetch(new Request(`${BASE}${path}`, init), env, this.#ctx)
    if (response.status !== 200) throw new Error(`${path}: ${response.status}`)
    await response.arrayBuffer()
    this.#meter.counts.requests += 1
    this.#meter.counts.events += events
  }

  async #advance(ms: number): Promise<void> {
    const { clock } = this.#meter
    clock.nowMs += ms
    const due = clock.dueTimers()
    for (const key of due) {
      if (key === NO_OBJECT) clock.runTimers(key)
      else await ringTimers(uncounted(this.#object(key)))
    }
    // What waited for a timer is answered now, and nothing new has begun.
    if (due.length > 0 && !this.#isGrouped) await Promise.all(this.#open)
    await this.#settleBackground()
    for (const key of clock.takeDue()) await this.#fireAlarm(key)
    await this.#settleBackground()
    await this.#broker.handOut()
  }

  async #settleBackground(): Promise<void> {
    while (this.#meter.clock.background > 0) await scheduler.wait(1)
  }

  async #fireAlarm(key: string): Promise<void> {
    await ringAlarm(uncounted(this.#object(key)))
  }

  /** Keys begin with the binding of the object's own namespace. */
  #object(key: string): object {
    const [binding = '', ...name] = key.split('/')
    const namespace = Reflect.get(this.#parts.env, binding) as DurableObjectNamespace
    return namespace.getByName(name.join('/'))
  }

  async #drain(): Promise<void> {
    const { clock, counts } = this.#meter
    const endMs = clock.nowMs + DRAIN_MS
    while (!(await this.#isDone()) && clock.nowMs < endMs) await this.#advance(DRAIN_STEP_MS)
    counts.archived = (await this.#archived()) - this.#archivedBefore
    this.#isOver = true
  }

  /** Whether all events have come to their three destinations, and what they say to its profiles. */
  async #isDone(): Promise<boolean> {
    const { counts } = this.#meter
    if (counts.delivered < 3 * counts.events) return false
    const { owed } = await uncounted(this.#parts.env.DESTINATION.getByName(PROFILES)).state()
    return owed === 0
  }

  async #archived(): Promise<number> {
    const intake = uncounted(this.#parts.env.INTAKE.getByName(intakeName(LOCAL_SOURCE_ID)))
    return (await intake.totals()).archived
  }
}
