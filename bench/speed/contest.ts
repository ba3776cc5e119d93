import { setTimeout as sleep } from 'node:timers/promises'
import { LOCAL_WRITE_KEY } from '../worker/speed/speed-workspace.ts'
import { Connections } from './connections.ts'
import { IdCount } from './count-ids.ts'
import { type EventText, makeReadyRequests, type ReadyRequest } from './make-requests.ts'
import type { RunningDesign } from './start-design.ts'
import { archivedRate } from './statistics.ts'

const LOOK_MS = 20
const ARCHIVED_LIMIT_MS = 180_000
const MINUTE_MS = 60_000
/** Enough messages for a batch of the naive design, and enough events for a chunk of ours. */
const FILLER = { eventsPerRequest: 15, requests: 100 }
const FILLER_CONNECTIONS = 64

/** What one design did in one run. */
export interface Run {
  /** Events a second, from the first request until the last timed event was archived. */
  readonly archived: number
  /** Events a second, from the first request to the last answer. */
  readonly acknowledged: number
  /** Processor time of workerd for each event, in µs. */
  readonly cpuUs: number
  /** Answers of 503: their requests were sent again until they were taken. */
  readonly refusals: number
}

/** The two designs side by side; every event is sent to both, and to each once. */
export class Contest {
  readonly designs: readonly [ours: RunningDesign, naive: RunningDesign]
  #sent = 0

  constructor(designs: Contest['designs']) {
    this.designs = designs
  }

  /** New events for both; they must be sent to both, in this order. */
  make(texts: readonly EventText[], { eventsPerRequest, requests }: Size): Batch {
    const firstId = this.#sent
    const events = requests * eventsPerRequest
    this.#sent += events
    const making = { texts, eventsPerRequest, requests, firstId, writeKey: LOCAL_WRITE_KEY }
    return { before: firstId, events, requests: makeReadyRequests(making) }
  }

  /** New events for a heat of both. */
  makeHeat(texts: readonly EventText[], size: Size, connections: number): Heat {
    const timed = this.make(texts, size)
    return { timed, filler: this.make(texts, FILLER), connections }
  }

  /** Fails unless every design has archived every event once. */
  async verify(): Promise<number> {
    for (const design of this.designs) {
      await waitForArchived(design, this.#sent)
      const count = new IdCount(this.#sent)
      for await (const lines of design.readArchive()) count.add(lines)
      const { missing, again, strange } = count.held()
      if (missing + again + strange > 0) {
        throw new Error(
          `${design.name}: of ${this.#sent} events ${missing} are not in the archive, ${again} more than once, ${strange} lines are strange`,
        )
      }
    }
    return this.#sent
  }
}

/** How much to send, and in which pieces. */
export interface Size {
  readonly eventsPerRequest: number
  readonly requests: number
}

/** Requests for both designs, and how many events were sent before them. */
export interface Batch {
  readonly before: number
  readonly events: number
  readonly requests: readonly ReadyRequest[]
}

/** A batch that is timed, and one that comes after it: chunks close by events, and no timer is timed. */
export interface Heat {
  readonly timed: Batch
  readonly filler: Batch
  readonly connections: number
}

/** Sends a batch and its filler; the clock stops when all of the batch is archived. */
export async function runHeat(design: RunningDesign, heat: Heat): Promise<Run> {
  const { timed, filler } = heat
  const connections = new Connections(design.url, heat.connections)
  const others = new Connections(design.url, FILLER_CONNECTIONS)
  await Promise.all([connections.open(), others.open()])
  const cpuMs = design.cpuMs()
  const startedAtMs = Date.now()
  await connections.sendAll(timed.requests)
  const acknowledged = (timed.events / (Date.now() - startedAtMs)) * 1_000
  await others.sendAll(filler.requests)
  await waitForArchived(design, timed.before + timed.events)
  const archived = archivedRate(await design.puts(), { startedAtMs, ...timed })
  const cpuUs = ((design.cpuMs() - cpuMs) * 1_000) / (timed.events + filler.events)
  await Promise.all([connections.close(), others.close()])
  const refusals = connections.refusals + others.refusals
  return { archived: archived ?? Number.NaN, acknowledged, cpuUs, refusals }
}

/** Waits until that many events are archived since the start; throws when they do not get there. */
export async function waitForArchived(design: RunningDesign, events: number): Promise<void> {
  const startedAt = performance.now()
  for (let minutes = 0; ; ) {
    const archived = (await design.puts()).at(-1)?.total ?? 0
    if (archived >= events) return
    const waitedMs = performance.now() - startedAt
    if (waitedMs > ARCHIVED_LIMIT_MS) {
      throw new Error(`${design.name}: ${archived} of ${events} events reached the archive`)
    }
    if (waitedMs > (minutes + 1) * MINUTE_MS) {
      minutes += 1
      await design.ringMinute()
    }
    await sleep(LOOK_MS)
  }
}
