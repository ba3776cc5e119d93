import { setTimeout as sleep } from 'node:timers/promises'
import { Connections } from './connections.ts'
import type { Contest } from './contest.ts'
import type { EventKind } from './read-texts.ts'
import type { RunningDesign } from './start-design.ts'
import { percentile } from './statistics.ts'

/** How long answers took, in ms. */
export interface Latency {
  readonly p50: number
  readonly p99: number
}

/** Both designs under one load. */
export interface MeasuredLatency {
  readonly load: string
  readonly ours: Latency
  readonly naive: Latency
}

const PER_SECOND = 200
const CONNECTIONS = 32
/** Longer than appends wait for one another: each is alone. */
const IDLE_PER_SECOND = 10
/** Requests of FEED_EVENTS beside the measured ones: two chunks a second are sealed. */
const FEED_PER_SECOND = 40
const FEED_EVENTS = 50
const SETTLE_MS = 500

/** Measures answers to requests of one event, each from when it was due. */
export async function measureLatency(
  contest: Contest,
  kind: EventKind,
  seconds: number,
): Promise<MeasuredLatency[]> {
  const probes = (perSecond: number) =>
    contest.make(kind.texts, { eventsPerRequest: 1, requests: Math.ceil(perSecond * seconds) })
  const measure = async (load: string, run: (design: RunningDesign) => Promise<number[]>) => {
    const [ours, naive] = contest.designs
    return { load, ours: summarize(await run(ours)), naive: summarize(await run(naive)) }
  }
  const idle = probes(IDLE_PER_SECOND)
  const busy = probes(PER_SECOND)
  const sealing = probes(PER_SECOND)
  const feed = contest.make(kind.texts, {
    eventsPerRequest: FEED_EVENTS,
    requests: Math.ceil(FEED_PER_SECOND * seconds),
  })
  return [
    await measure('idle', (design) => paced(design, idle.requests, IDLE_PER_SECOND)),
    await measure(`${PER_SECOND} requests/s`, (design) => paced(design, busy.requests, PER_SECOND)),
    await measure(`${PER_SECOND} requests/s while chunks are sealed`, async (design) => {
      const fed = paced(design, feed.requests, FEED_PER_SECOND)
      const times = await paced(design, sealing.requests, PER_SECOND)
      await fed
      return times
    }),
  ]
}

async function paced(
  { url }: RunningDesign,
  requests: Parameters<Connections['sendPaced']>[0],
  perSecond: number,
): Promise<number[]> {
  const connections = new Connections(url, CONNECTIONS)
  await connections.open()
  await sleep(SETTLE_MS)
  const times = await connections.sendPaced(requests, perSecond)
  await connections.close()
  return times
}

const summarize = (times: readonly number[]): Latency => ({
  p50: percentile(times, 0.5),
  p99: percentile(times, 0.99),
})
