import type { Counts } from '../counts.ts'
import type { DrivenClock } from './driven-clock.ts'

const QUEUE_UNIT_BYTES = 64_000

/** A message that the bench's queue holds. */
export interface HeldMessage {
  readonly queue: string
  readonly body: unknown
  readonly dueAtMs: number
  readonly attempts: number
}

/** What the patches write into. */
export interface Meter {
  readonly counts: Counts
  readonly clock: DrivenClock
  readonly messages: HeldMessage[]
}

/** Wraps a method of a prototype; `around` gets the real one bound to its object. */
function patch(
  prototype: object,
  name: string,
  around: (real: (...args: unknown[]) => unknown, self: object, args: unknown[]) => unknown,
): void {
  const real = Reflect.get(prototype, name) as (...args: unknown[]) => unknown // a platform method
  Object.defineProperty(prototype, name, {
    configurable: true,
    value(this: object, ...args: unknown[]) {
      return around(real.bind(this), this, args)
    },
  })
}

/** Counts what R2 bindings are asked: puts and lists are class A, gets and heads class B. */
export function patchBucket(bucket: R2Bucket, { counts }: Meter): void {
  const prototype = Object.getPrototypeOf(bucket)
  for (const name of ['put', 'list', 'createMultipartUpload']) {
    patch(prototype, name, (real, _, args) => {
      counts.r2A += 1
      return real(...args)
    })
  }
  for (const name of ['get', 'head']) {
    patch(prototype, name, (real, _, args) => {
      counts.r2B += 1
      return real(...args)
    })
  }
}

/** Replaces the broker: messages are held here and handed out by the bench's clock. */
export function patchQueue(queue: Queue, name: string, meter: Meter): void {
  const hold = (body: unknown) => {
    // A message is written, read and deleted once each; a retry adds a read.
    meter.counts.queueOps += 3 * unitsOf(body)
    meter.messages.push({ queue: name, body, dueAtMs: meter.clock.nowMs, attempts: 1 })
  }
  const prototype = Object.getPrototypeOf(queue)
  patch(prototype, 'send', async (_, __, [body]) => hold(body))
  patch(prototype, 'sendBatch', async (_, __, [batch]) => {
    for (const { body } of batch as Iterable<MessageSendRequest>) hold(body)
  })
}

/** Billing units of a message: one for each 64 KB begun. */
export function unitsOf(body: unknown): number {
  const bytes = body instanceof Uint8Array ? body.length : JSON.stringify(body).length
  return Math.ceil(bytes / QUEUE_UNIT_BYTES)
}

const names = new WeakMap<object, string>()

/** Counts rows and drives alarms of all objects; call it before the object's own constructor. */
export function patchObject(ctx: DurableObjectState, kind: string, meter: Meter): void {
  names.set(ctx.storage, `${kind}/${ctx.id.name}`)
  if (names.has(Object.getPrototypeOf(ctx.storage))) return
  names.set(Object.getPrototypeOf(ctx.storage), 'patched')
  patchSql(ctx.storage.sql, meter)
  patchAlarms(ctx.storage, meter)
  patchWaitUntil(ctx, meter)
}

function patchSql(sql: SqlStorage, { counts }: Meter): void {
  patch(Object.getPrototypeOf(sql), 'exec', (real, _, args) => {
    const cursor = real(...args) as SqlStorageCursor<Record<string, SqlStorageValue>>
    // Statements that write return no rows: their figure is final at once.
    counts.rowsWritten += cursor.rowsWritten
    return cursor
  })
}

function patchAlarms(storage: DurableObjectStorage, { counts, clock }: Meter): void {
  const prototype = Object.getPrototypeOf(storage)
  const keyOf = (self: object) => names.get(self) ?? ''
  patch(prototype, 'setAlarm', async (_, self, [atMs]) => {
    counts.rowsWritten += 1
    clock.alarms.set(keyOf(self), Number(atMs))
  })
  patch(prototype, 'getAlarm', async (_, self) => clock.alarms.get(keyOf(self)) ?? null)
}

function patchWaitUntil(ctx: DurableObjectState, { clock }: Meter): void {
  patch(Object.getPrototypeOf(ctx), 'waitUntil', (real, _, [work]) => {
    clock.background += 1
    const ended = () => {
      clock.background -= 1
    }
    ;(work as Promise<unknown>).then(ended, ended)
    return real(work)
  })
}
