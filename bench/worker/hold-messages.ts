import type { Meter } from './meter.ts'
import { patchMethods, patchOnce } from './patch.ts'

const QUEUE_UNIT_BYTES = 64_000
/** All queues share a prototype: each is known by its binding. */
const names = new WeakMap<object, string>()

/** Replaces the broker: messages are counted, held here and handed out by the bench's clock. */
export function holdMessages(
  queue: object,
  { counts, clock, messages }: Meter,
  name: string,
): void {
  names.set(queue, name)
  const hold = (self: object, body: unknown) => {
    // A message is written, read and deleted once each; a retry adds a read.
    counts.queueOps += 3 * unitsOf(body)
    messages.push({ binding: names.get(self) ?? '', body, dueAtMs: clock.nowMs, attempts: 1 })
  }
  patchOnce(queue, (prototype) => {
    patchMethods(prototype, ['send'], async (_, self, [body]) => hold(self, body))
    patchMethods(prototype, ['sendBatch'], async (_, self, [batch]) => {
      for (const { body } of batch as Iterable<MessageSendRequest>) hold(self, body)
    })
  })
}

/** Billing units of a message: one for each 64 KB begun. */
export function unitsOf(body: unknown): number {
  const bytes = body instanceof Uint8Array ? body.length : JSON.stringify(body).length
  return Math.ceil(bytes / QUEUE_UNIT_BYTES)
}
