import { setTimeout as sleep } from 'node:timers/promises'
import { LOCAL_WRITE_KEY } from '../worker/speed/speed-workspace.ts'
import { Connections } from './connections.ts'
import { waitForArchived } from './contest.ts'
import { makeReadyRequests } from './make-requests.ts'
import type { EventKind } from './read-texts.ts'
import { startDesign } from './start-design.ts'

/** Processor time for a million events, in seconds; NaN where the system does not tell. */
export interface SealCpu {
  readonly events: number
  /** From the request to the log. */
  readonly append: number
  /** From the log to the archive. */
  readonly seal: number
}

/** How the time of a seal is told from all other, for the output. */
export const SEAL_METHOD =
  'processor time of workerd from when chunks of 900 events, one a source, were all in the log until all were archived by their alarms, less what it takes at idle'

const CHUNK = { eventsPerRequest: 50, requests: 18 }
const CONNECTIONS = 16
const IDLE_MS = 2_000

/** Fills a chunk of each of many sources almost, and lets their alarms seal them; null if one rang before. */
export async function measureSealCpu(
  { texts }: EventKind,
  { sources, sealSeconds }: { readonly sources: number; readonly sealSeconds: number },
): Promise<SealCpu | null> {
  const design = await startDesign('ours', { sources, sealSeconds })
  try {
    const events = CHUNK.eventsPerRequest * CHUNK.requests
    const requests = Array.from({ length: sources }, (_, source) => {
      const writeKey = LOCAL_WRITE_KEY.slice(0, -4) + String(source).padStart(4, '0')
      return makeReadyRequests({ texts, ...CHUNK, writeKey, firstId: source * events })
    }).flat()
    const connections = new Connections(design.url, CONNECTIONS)
    await connections.open()
    const idlePerMs = await measureIdle(design.cpuMs)
    const begunAtMs = design.cpuMs()
    await connections.sendAll(requests)
    await connections.close()
    if ((await design.puts()).length > 0) return null
    const filledAt = performance.now()
    const filledMs = design.cpuMs()
    await waitForArchived(design, sources * events)
    const idleMs = idlePerMs * (performance.now() - filledAt)
    const perMillion = (ms: number) => (ms / 1_000 / (sources * events)) * 1e6
    return {
      events: sources * events,
      append: perMillion(filledMs - begunAtMs),
      seal: perMillion(design.cpuMs() - filledMs - idleMs),
    }
  } finally {
    await design.end()
  }
}

async function measureIdle(cpuMs: () => number): Promise<number> {
  const before = cpuMs()
  await sleep(IDLE_MS)
  return (cpuMs() - before) / IDLE_MS
}
