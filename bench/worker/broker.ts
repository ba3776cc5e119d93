import { readPointer } from '../../queues/pointer.ts'
import type { Consumer } from '../order.ts'
import type { HeldMessage, Meter } from './meter.ts'

/** The queues of the bench: hands messages to the Worker as the platform would. */
export class Broker {
  consumers: readonly Consumer[] = []
  readonly #meter: Meter
  readonly #take: (batch: MessageBatch) => void | Promise<void>

  constructor(meter: Meter, take: (batch: MessageBatch) => void | Promise<void>) {
    this.#meter = meter
    this.#take = take
  }

  /** Hands out what is due in all queues. */
  async handOut(): Promise<void> {
    for (const consumer of this.consumers) await this.#handOutOf(consumer)
  }

  /** Hands out a batch when it is full, or when its oldest message has waited long enough. */
  async #handOutOf(consumer: Consumer): Promise<void> {
    const { clock, messages } = this.#meter
    const { binding, maxBatchSize, batchTimeoutMs } = consumer
    for (;;) {
      const due = messages
        .filter((message) => message.binding === binding && message.dueAtMs <= clock.nowMs)
        .slice(0, maxBatchSize)
      const [oldest] = due
      if (oldest === undefined) return
      const isFull = due.length === maxBatchSize
      if (!isFull && clock.nowMs - oldest.dueAtMs < batchTimeoutMs) return
      for (const message of due) messages.splice(messages.indexOf(message), 1)
      await this.#consume(due, consumer.queue)
    }
  }

  async #consume(held: readonly HeldMessage[], queue: string): Promise<void> {
    const { counts, clock, messages } = this.#meter
    counts.requests += 1
    const before = counts.delivered
    const given = held.map((each, index) => ({
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
    await this.#take({ queue, messages: given } as unknown as MessageBatch)
    const delivered = counts.delivered - before
    counts.consumed += delivered
    // Whoever delivers nothing reads all the lines that its pointers name.
    if (delivered === 0) counts.resolved += held.reduce((sum, { body }) => sum + linesOf(body), 0)
  }
}

function linesOf(body: unknown): number {
  const read = readPointer(body)
  return read.kind === 'pointer' ? read.pointer.lines : 0
}
