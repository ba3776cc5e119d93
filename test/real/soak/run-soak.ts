import { setTimeout as sleep } from 'node:timers/promises'
import { seededRandom } from '../../../bench/seeded-random.ts'
import { type Outcomes, sendAll } from './send.ts'
import { LOCAL_ADMIN_TOKEN, LOCAL_SOURCE_ID } from './soak-workspace.ts'
import { type RunningWorker, startWorker } from './start-worker.ts'
import { type Memory, watchMemory } from './watch-memory.ts'

const CONNECTIONS = 64
const SEED = 1
/** Of the requests, those that hang up at first where clients do. */
export const HANG_UP_SHARE = 0.01
/** The last chunk closes a second after its events; four puts at once follow. */
const ARCHIVED_LIMIT_MS = 30_000
const LOOK_MS = 2_000

/** What a soak showed. */
export interface Soaked extends Memory {
  readonly requests: number
  readonly outcomes: Outcomes
  readonly requestsPerSecond: number
  /** How many events the archive has once, not at all, and more than once. */
  readonly archived: { readonly once: number; readonly missing: number; readonly again: number }
  readonly output: readonly string[]
}

/** Sends that many requests to the Worker in workerd; a share of the clients hangs up at first. */
export async function runSoak(requests: number, hangUpShare: number): Promise<Soaked> {
  const worker = await startWorker()
  let answered = 0
  const memory = watchMemory(worker, () => answered)
  try {
    const begunAt = performance.now()
    const outcomes = await sendAll({
      url: worker.url,
      requests,
      connections: CONNECTIONS,
      hangUpShare,
      random: seededRandom(SEED),
      onAnswer: () => {
        answered += 1
      },
    })
    const seconds = (performance.now() - begunAt) / 1_000
    return {
      requests,
      outcomes,
      requestsPerSecond: Math.round(requests / seconds),
      ...(await memory.end(requests)),
      archived: await readArchived(worker, requests),
      output: worker.output,
    }
  } finally {
    await worker.end()
  }
}

/** Reads the archive until nothing is missing, or the time is over. */
async function readArchived(worker: RunningWorker, requests: number): Promise<Soaked['archived']> {
  const deadline = Date.now() + ARCHIVED_LIMIT_MS
  for (;;) {
    await sleep(LOOK_MS)
    const times = await countTimes(worker.url, requests)
    const once = times.filter((each) => each === 1).length
    const missing = times.filter((each) => each === 0).length
    if (missing === 0 || Date.now() > deadline) {
      return { once, missing, again: requests - once - missing }
    }
  }
}

/** How often the archive has each event, by the number in its message id. */
async function countTimes(url: string, requests: number): Promise<Uint8Array> {
  const response = await fetch(`${url}/api/sources/${LOCAL_SOURCE_ID}/archive`, {
    headers: { authorization: `Bearer ${LOCAL_ADMIN_TOKEN}` },
  })
  if (!response.ok || response.body === null) throw new Error(`archive: ${response.status}`)
  const times = new Uint8Array(requests)
  let rest = ''
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const n = Number(/"messageId":"soak-(\d+)"/.exec(line)?.[1])
      times[n] = (times[n] ?? 0) + 1
    }
  }
  return times
}
