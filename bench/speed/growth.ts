import { setTimeout as sleep } from 'node:timers/promises'
import { startDesign } from './start-design.ts'
import { median } from './statistics.ts'

/** What an Intake with so many known ids takes. */
export interface GrownIntake {
  readonly knownIds: number
  /** For each event of an append, in µs. */
  readonly freshUs: number
  readonly duplicateUs: number
  /** From the first call on a new instance to its answer. */
  readonly restartMs: number
}

/** The object is asked only after its chunks are all archived and its index had time to follow. */
const LOOK_MS = 200
const ARCHIVED_LIMIT_MS = 120_000
const GROW_EVENTS = 5_000
const ROUNDS = 7
const ROUND_EVENTS = 2_500
const RESTARTS = 5

/** Lets one Intake grow by its own appends and measures it at each size, fresh and known ids in turn. */
export async function measureGrowth(sizes: readonly number[]): Promise<GrownIntake[]> {
  const design = await startDesign('growth', { sealSeconds: 1 })
  try {
    const intake = new GrowingIntake(design.url)
    const grown: GrownIntake[] = []
    for (const size of sizes) {
      await intake.growTo(size)
      const knownIds = intake.known
      grown.push({
        knownIds,
        ...(await measureAppends(intake)),
        restartMs: await measureRestart(intake),
      })
    }
    return grown
  } finally {
    await design.end()
  }
}

async function measureAppends(intake: GrowingIntake) {
  const fresh: number[] = []
  const duplicates: number[] = []
  const { known } = intake
  const count = Math.min(ROUND_EVENTS, known)
  for (let round = 0; round < ROUNDS; round += 1) {
    fresh.push(((await intake.appendFresh(count)) * 1_000) / count)
    const step = Math.max(1, Math.floor(known / count))
    const again = await intake.append({ from: round % step, count, step })
    duplicates.push((again * 1_000) / count)
  }
  await intake.waitForArchive()
  return { freshUs: median(fresh), duplicateUs: median(duplicates) }
}

async function measureRestart(intake: GrowingIntake): Promise<number> {
  const times: number[] = []
  for (let restart = 0; restart < RESTARTS; restart += 1) {
    await intake.end()
    const begunAt = performance.now()
    await intake.totals()
    times.push(performance.now() - begunAt)
  }
  return median(times)
}

/** One Intake whose events are numbered; it knows those below `known`. */
class GrowingIntake {
  known = 0
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  async growTo(size: number): Promise<void> {
    while (this.known < size) await this.appendFresh(Math.min(GROW_EVENTS, size - this.known))
    await this.waitForArchive()
  }

  async appendFresh(count: number): Promise<number> {
    const ms = await this.append({ from: this.known, count, step: 1 })
    this.known += count
    return ms
  }

  async append({
    from,
    count,
    step,
  }: {
    from: number
    count: number
    step: number
  }): Promise<number> {
    const answer = await this.#get(`/append?from=${from}&count=${count}&step=${step}`)
    return (answer as { ms: number }).ms // of growth-worker.ts
  }

  async totals(): Promise<number> {
    return ((await this.#get('/totals')) as { archived: number }).archived // an Intake's totals
  }

  async end(): Promise<void> {
    await this.#get('/end')
  }

  /** An id that was not found to be known would be archived again: then there are too many. */
  async waitForArchive(): Promise<void> {
    const deadline = performance.now() + ARCHIVED_LIMIT_MS
    for (;;) {
      await sleep(LOOK_MS)
      const archived = await this.totals()
      if (archived === this.known) return
      if (archived > this.known || performance.now() > deadline) {
        throw new Error(`growth: ${archived} of ${this.known} events reached the archive`)
      }
    }
  }

  async #get(path: string): Promise<unknown> {
    const response = await fetch(`${this.#url}${path}`)
    if (!response.ok) throw new Error(`growth: ${response.status} ${await response.text()}`)
    return response.json()
  }
}
