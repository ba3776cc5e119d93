import type { Begin, Settlement } from '../durable-objects/destination/ledger.ts'
import { readChunk } from '../durable-objects/intake/read-chunk.ts'
import { reportFailure } from '../durable-objects/report.ts'
import { within } from '../durable-objects/within.ts'
import type { DestinationConfig, Workspace } from '../durable-objects/workspace/snapshot.ts'
import type { CatalogModule } from './catalog/module.ts'
import { deliverEvent, makeDestination } from './deliver-event.ts'
import { deliverSlice } from './deliver-slice.ts'
import { type Pointer, readPointer } from './pointer.ts'

/** After so many deliveries a message is let go: its hundred retries end, the alarm does not. */
const MAX_DELIVERIES = 80
const MAX_DELAY_SECONDS = 86_400
const UNREACHABLE_DELAY_SECONDS = 5
const UNKNOWN_VERSION_DELAY_SECONDS = 60
const CALL_LIMIT_MS = 10_000
/** No request starts this close to the end of a lease: it may take 10 s to answer. */
const LEASE_MARGIN_MS = 25_000
/** An event begun at the last moment ends before the lease does. */
const EVENT_SHARE_OF_MARGIN = 0.8

/** What the consumer needs of the deployment. */
export interface DeliverPorts {
  readonly env: Env
  readonly workspace: Workspace
  readonly loadModule: (key: string) => Promise<CatalogModule>
}

interface Delivery {
  readonly message: Message<unknown>
  readonly pointer: Pointer
}

/** One run over a slice. */
interface AttemptRun {
  readonly owed: readonly number[] | null
  readonly isTimeOver: () => boolean
  /** An event that takes longer is given up: the catalogue limits the wait for headers, not for a body. */
  readonly eventLimitMs: number
}

type Go = Extract<Begin, { kind: 'go' }> & { readonly begunAtMs: number }

/** Consumes pointers of `deliveries`. Never throws; each message gets its own end. */
export async function deliver(batch: MessageBatch<unknown>, ports: DeliverPorts): Promise<void> {
  const byDestination = new Map<string, Delivery[]>()
  for (const message of batch.messages) {
    const delivery = readMessage(message)
    if (delivery === null) continue
    const { destination } = delivery.pointer
    byDestination.set(destination, [...(byDestination.get(destination) ?? []), delivery])
  }
  for (const [destination, deliveries] of byDestination) {
    await deliverTo(destination, deliveries, ports)
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
async function deliverTo(destination: string, deliveries: Delivery[], ports: DeliverPorts) {
  const begunAtMs = Date.now()
  const answers = await beginAll(destination, deliveries, ports)
  for (const [index, delivery] of deliveries.entries()) {
    const begin = answers?.[index]
    if (begin === undefined) delivery.message.retry({ delaySeconds: UNREACHABLE_DELAY_SECONDS })
    else if (begin.kind === 'done') endMessage(delivery.message, null)
    else if (begin.kind === 'wait') endMessage(delivery.message, begin.untilMs)
    else
      endMessage(delivery.message, await runSlice(delivery.pointer, { ...begin, begunAtMs }, ports))
  }
}

async function beginAll(destination: string, deliveries: Delivery[], { env }: DeliverPorts) {
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
async function runSlice(pointer: Pointer, go: Go, ports: DeliverPorts): Promise<number | null> {
  const leaseMs = go.untilMs - go.begunAtMs
  const marginMs = Math.min(LEASE_MARGIN_MS, leaseMs / 2)
  const stopAtMs = go.begunAtMs + leaseMs - marginMs
  const isTimeOver = () => Date.now() > stopAtMs
  const run = { owed: go.owed, isTimeOver, eventLimitMs: marginMs * EVENT_SHARE_OF_MARGIN }
  const settlement = await attemptSlice(pointer, run, ports)
  return settleSlice(pointer, { ...settlement, token: go.token }, { go, ports })
}

async function attemptSlice(
  pointer: Pointer,
  { owed, isTimeOver, eventLimitMs }: AttemptRun,
  ports: DeliverPorts,
): Promise<Settlement> {
  try {
    const config = await findConfig(pointer.destination, ports.workspace)
    const module = await ports.loadModule(config.catalogKey)
    const destination = makeDestination(module)
    const { recordRequests } = module
    const delivery = { destination, recordRequests, config, isTimeOver }
    return await deliverSlice({
      destination: config.id,
      key: pointer.key,
      lines: await within(CALL_LIMIT_MS, pointer.key, readChunk(ports.env.ARCHIVE, pointer.key)),
      owed: owed ?? Array.from({ length: pointer.lines }, (_, line) => line),
      deliverEvent: (line) => within(eventLimitMs, 'an event', deliverEvent(line, delivery)),
      isTimeOver,
    })
  } catch (error) {
    const { destination, key } = pointer
    reportFailure('DELIVERY_RUN_FAILED', { destination, key }, error)
    return { delivered: [], filtered: {}, dead: {}, failure: 'INTERNAL' }
  }
}

async function findConfig(id: string, workspace: Workspace): Promise<DestinationConfig> {
  const { destinations } = await workspace.snapshot()
  const config = destinations.find((each) => each.id === id && each.enabled)
  if (config === undefined) throw new Error(`destination ${id} is not there or switched off`)
  return config
}

/** The record of a run: repeated until the lease ends, because only it says what was delivered. */
async function settleSlice(
  { destination, intake, chunk }: Pointer,
  settlement: Settlement & { token: string },
  { go, ports }: { go: Go; ports: DeliverPorts },
): Promise<number | null> {
  // At least once, however late: a success counts after the lease as well.
  for (
    let pauseMs = 100, tries = 0;
    tries === 0 || Date.now() < go.untilMs;
    pauseMs *= 2, tries += 1
  ) {
    try {
      const stub = ports.env.DESTINATION.getByName(destination)
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
