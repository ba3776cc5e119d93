import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { seededRandom } from '../../../bench/seeded-random.ts'
import { countIds, readArchive, type SeenEvent } from '../support/read-back.ts'
import {
  newPlace,
  type Place,
  type StartedMillrace,
  startMillrace,
} from '../support/started-millrace.ts'
import { type Sent, startLoad } from './clients.ts'
import { findFaults } from './find-faults.ts'

/** A life under load ends at a random moment between these, after it says that it is ready. */
const LIFE_MS = { min: 200, max: 4_000 }
/** What is sent after the last start must arrive as well. */
const LAST_LOAD_MS = 1_000
/** What a kill left leased is due again after LEASE_SECONDS of a local run, 20, and its wake, 10. */
const STANDSTILL_MS = 60_000
const LOOK_MS = 2_000

/** What was sent and what became of it; `faults` is empty when each promise was kept. */
export interface KillBalance {
  readonly kills: number
  readonly requests: number
  readonly repeats: number
  readonly acknowledged: number
  readonly givenUp: number
  readonly archived: number
  readonly delivered: number
  readonly deliveredAgain: number
  readonly faults: readonly string[]
}

/**
 * Kills a Millrace under load by SIGKILL, workerd and everything around it, starts it again on the
 * same state folder, and compares what its clients were told with the archive and the webhook.
 */
export async function runKills(kills: number, seed: number): Promise<KillBalance> {
  const place = await newPlace()
  const random = seededRandom(seed)
  let millrace = await start(place)
  const over = new AbortController()
  const load = startLoad({ url: millrace.url, seed, signal: over.signal })
  try {
    for (let kill = 1; kill <= kills; kill += 1) {
      const lifeMs = LIFE_MS.min + random() * (LIFE_MS.max - LIFE_MS.min)
      await sleep(lifeMs)
      await millrace.end('SIGKILL')
      const { acknowledged } = load.sent
      console.log(`kill ${kill} after ${Math.round(lifeMs)} ms, ${acknowledged.size} acknowledged`)
      millrace = await start(place)
    }
    await sleep(LAST_LOAD_MS)
    await load.stop()
    const settled = await settle(millrace, place, load.sent)
    await end(millrace, place, settled.faults.length === 0)
    return { kills, ...settled }
  } finally {
    over.abort()
    await millrace.end('SIGKILL')
  }
}

/** What a fault left behind is kept: the seed repeats what clients send, not its moments. */
async function end(millrace: StartedMillrace, { stateDir }: Place, isSound: boolean) {
  await millrace.end('SIGKILL')
  if (isSound) return rmSync(stateDir, { recursive: true })
  console.error(`the state folder is left at ${stateDir}; the last life printed:`)
  console.error(millrace.output())
}

async function start(place: Place): Promise<StartedMillrace> {
  const millrace = await startMillrace(place)
  if (!millrace.output().includes('Millrace is ready')) {
    throw new Error(`Millrace did not start on ${place.stateDir}:\n${millrace.output()}`)
  }
  return millrace
}

/** Waits until all promises are kept, or nothing has come for longer than anything may take. */
async function settle(millrace: StartedMillrace, place: Place, sent: Sent) {
  let last = await look(millrace, place, sent)
  let changedAt = Date.now()
  while (last.faults.length > 0 && Date.now() - changedAt < STANDSTILL_MS) {
    await sleep(LOOK_MS)
    const now = await look(millrace, place, sent)
    if (now.archived + now.delivered > last.archived + last.delivered) changedAt = Date.now()
    last = now
  }
  return last
}

async function look(millrace: StartedMillrace, { stateDir }: Place, sent: Sent) {
  // Delivered first: what is delivered meanwhile is in the archive before.
  const received = readSink(stateDir)
  const delivered = toMap(received)
  const archived = toMap(await readArchive(millrace))
  return {
    requests: sent.requests,
    repeats: sent.repeats,
    acknowledged: sent.acknowledged.size,
    givenUp: sent.givenUp.size,
    archived: archived.size,
    delivered: delivered.size,
    deliveredAgain: received.length - delivered.size,
    faults: findFaults({ ...sent, archived, delivered }),
  }
}

const toMap = (events: readonly SeenEvent[]) => new Map(Object.entries(countIds(events)))

/** All that the demo destination has ever received: its page lists the newest only. */
function readSink(stateDir: string): SeenEvent[] {
  const lines = readFileSync(join(stateDir, 'demo-sink.ndjson'), 'utf8').split('\n').slice(0, -1)
  return lines.flatMap((line) => {
    try {
      return [(JSON.parse(line) as { event: SeenEvent }).event]
    } catch {
      return [] // cut by a kill: it was never answered, so its event comes again
    }
  })
}
