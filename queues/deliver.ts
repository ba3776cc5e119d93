import type { Settlement } from '../durable-objects/destination/ledger.ts'
import { readChunk } from '../durable-objects/intake/read-chunk.ts'
import { within } from '../durable-objects/within.ts'
import type { DestinationConfig, Workspace } from '../durable-objects/workspace/snapshot.ts'
import { snapshotWithin } from '../durable-objects/workspace/snapshot-within.ts'
import type { CatalogModule } from './catalog/module.ts'
import { deliverEvent, makeDestination } from './deliver-event.ts'
import { deliverSlice } from './deliver-slice.ts'
import type { Pointer } from './pointer.ts'
import { runSlices, type SliceRun } from './run-slices.ts'

const CHUNK_LIMIT_MS = 10_000
/** An event begun at the last moment ends before the lease does. */
const EVENT_SHARE_OF_MARGIN = 0.8

/** What the consumer needs of the deployment. */
export interface DeliverPorts {
  readonly env: Env
  readonly workspace: Workspace
  readonly loadModule: (key: string) => Promise<CatalogModule>
}

/** Consumes pointers of `deliveries`. Never throws; each message gets its own end. */
export function deliver(batch: MessageBatch<unknown>, ports: DeliverPorts): Promise<void> {
  return runSlices(batch, ports.env, (pointer, run) => deliverPointer(pointer, run, ports))
}

async function deliverPointer(
  pointer: Pointer,
  { owed, isTimeOver, marginMs }: SliceRun,
  ports: DeliverPorts,
): Promise<Settlement> {
  const config = await findConfig(pointer.destination, ports.workspace)
  const module = await ports.loadModule(config.catalogKey)
  const destination = makeDestination(module)
  const { recordRequests } = module
  const delivery = { destination, recordRequests, config, isTimeOver }
  // An event that takes longer is given up: the catalogue limits the wait for headers, not for a body.
  const eventLimitMs = marginMs * EVENT_SHARE_OF_MARGIN
  return deliverSlice({
    destination: config.id,
    key: pointer.key,
    lines: await within(CHUNK_LIMIT_MS, pointer.key, readChunk(ports.env.ARCHIVE, pointer.key)),
    owed: owed ?? Array.from({ length: pointer.lines }, (_, line) => line),
    deliverEvent: (line) => within(eventLimitMs, 'an event', deliverEvent(line, delivery)),
    isTimeOver,
  })
}

async function findConfig(id: string, workspace: Workspace): Promise<DestinationConfig> {
  const { destinations } = await snapshotWithin(workspace.snapshot())
  const config = destinations.find((each) => each.id === id && each.enabled)
  if (config === undefined) throw new Error(`destination ${id} is not there or switched off`)
  return config
}
