import type { Begin, Settlement } from '../durable-objects/destination/ledger.ts'
import { reportFailure } from '../durable-objects/report.ts'
import { within } from '../durable-objects/within.ts'
import { type Pointer, readPointer } from './pointer.ts'

/** After so many deliveries a message is let go: its hundred retries end, the alarm does not. */
const MAX_DELIVERIES = 80
const MAX_DELAY_SECONDS = 86_400
const UNREACHABLE_DELAY_SECONDS = 5
const UNKNOWN_VERSION_DELAY_SECONDS = 60
const CALL_LIMIT_MS = 10_000
/** No request starts this close to the end of a lease: it may take 10 s to answer. */
const LEASE_MARGIN_MS = 25_000

/** One run over a slice, under its lease. */
export interface SliceRun {
  /** The lines still owed; null while none was tried yet: all of them. */
  readonly owed: readonly number[] | null
  /** Whether the lease is so near its end that nothing may be begun any more. */
  readonly isTimeOver: () => boolean
  /** How long what was begun at the last moment may take. */
  readonly marginMs: number
}

/** Works on what is owed of a slice; what it does not name stays owed, all of it when it rejects. */
export type WorkOnSlice = (pointer: Pointer, run: SliceRun) => Promise<Settlement>

interface Delivery {
  readonly message: Message<unknown>
  readonly pointer: Pointer
}

interface Parts {
  readonly env: Env
  readonly work: WorkOnSlice
}

type Go = Extract<Begin, { kind: 'go' }> & { readonly begunAtMs: number }

/** Begins, works on and settles the slices of a batch of pointers. Never throws; each message gets its own end. */
export async function runSlices(
  batch: MessageBatch<unknown>,
  env: Env,
  work: WorkOnSlice,
): Promise<void> {
  const byDestination = new Map<string, Delivery[]>()
  for (const message of batch.messages) {
    const delivery = readMessage(message)
    if (delivery === null) continue
    const { destination } = delivery.pointer
    byDestination.set(destination, [...(byDestination.get(destination) ?? []), delivery])
  }
  for (const [destination, deliveries] of byDestination) {
    await runSlicesOf(destination, deliveries, { env, work })
  }
}

function readMessage(message: Message<unknown>): Delivery | null {
  const read = readPointer(message.body)
  switch (read.kind) {
    case 'pointer':
      return { message, pointer: read.pointer }
    case 'unknown-version':
      message.retry({ delaySeconds: UNKNOWN_VERSION_DELAY_SECONDS })
      reportFailure('POINTER_VERSION_UNKNOWN', { version: read.version }, 'left in the queue')
      return null
    case 'unreadable':
      message.ack() // a pointer is only a wake-up: the ledger still knows what is owed
      reportFailure('POINTER_UNREADABLE', { message: message.id }, 'let go')
      return null
    default:
      return read satisfies never
  }
}

/** One `begin` for all pointers of a destination, then one slice after the other. */
async function runSlicesOf(destination: string, deliveries: Delivery[], parts: Parts) {
  const begunAtMs = Date.now()
  const answers = await beginAll(destination, deliveries, parts)
  for (const [index, delivery] of deliveries.entries()) {
    const begin = answers?.[index]
    if (begin === undefined) delivery.message.retry({ delaySeconds: UNREACHABLE_DELAY_SECONDS })
    else if (begin.kind === 'done') endMessage(delivery.message, null)
    else if (begin.kind === 'wait') endMessage(delivery.message, begin.untilMs)
    else
      endMessage(delivery.message, await runSlice(delivery.pointer, { ...begin, begunAtMs }, parts))
  }
}

async function beginAll(destination: string, deliveries: Delivery[], { env }: Parts) {
  try {
    const keys = deliveries.map(({ pointer: { intake, chunk } }) => ({ intake, chunk }))
    const stub = env.DESTINATION.getByName(destination)
    return await within(CALL_LIMIT_MS, `begin at ${destination}`, stub.begin(keys))
  } catch (error) {
    reportFailure('BEGIN_FAILED', { destination, pointers: deliveries.length }, error)
    return null
  }
}

/** Works on one slice under its lease and settles it; answers when it is due again, or null. */
async function runSlice(pointer: Pointer, go: Go, parts: Parts): Promise<number | null> {
  const leaseMs = go.untilMs - go.begunAtMs
  const marginMs = Math.min(LEASE_MARGIN_MS, leaseMs / 2)
  const stopAtMs = go.begunAtMs + leaseMs - marginMs
  const isTimeOver = () => Date.now() > stopAtMs
  const settlement = await attemptSlice(pointer, { owed: go.owed, isTimeOver, marginMs }, parts)
  return settleSlice(pointer, { ...settlement, token: go.token }, { go, parts })
}

async function attemptSlice(pointer: Pointer, run: SliceRun, { work }: Parts): Promise<Settlement> {
  try {
    return await work(pointer, run)
  } catch (error) {
    const { destination, key } = pointer
    reportFailure('DELIVERY_RUN_FAILED', { destination, key }, error)
    return { delivered: [], filtered: {}, dead: {}, failure: 'INTERNAL' }
  }
}

/** The record of a run: repeated until the lease ends, because only it says what was delivered. */
async function settleSlice(
  { destination, intake, chunk }: Pointer,
  settlement: Settlement & { token: string },
  { go, parts }: { go: Go; parts: Parts },
): Promise<number | null> {
  // At least once, however late: a success counts after the lease as well.
  for (
    let pauseMs = 100, tries = 0;
    tries === 0 || Date.now() < go.untilMs;
    pauseMs *= 2, tries += 1
  ) {
    try {
      const stub = parts.env.DESTINATION.getByName(destination)
      const settled = stub.settle({ intake, chunk }, settlement)
      const { nextAtMs } = await within(CALL_LIMIT_MS, `settle at ${destination}`, settled)
      return nextAtMs
    } catch (error) {
      reportFailure('SETTLE_FAILED', { destination, intake, chunk }, error)
      await scheduler.wait(pauseMs)
    }
  }
  return go.untilMs
}

function endMessage(message: Message<unknown>, nextAtMs: number | null): void {
  if (nextAtMs === null || message.attempts >= MAX_DELIVERIES) {
    message.ack()
    return
  }
  const seconds = Math.ceil(Math.max(0, nextAtMs - Date.now()) / 1_000)
  message.retry({ delaySeconds: Math.min(MAX_DELAY_SECONDS, seconds) })
}
