// Time, chance and calls of a simulated deployment: all of it follows from a seed.
import { type Random, seededRandom } from '../../bench/seeded-random.ts'

/** What may become of a call. */
export type CallFault = 'fail' | 'lose' | 'late' | 'twice' | 'hang'

/** How often things go wrong; each schedule has its own, many of them 0 (narrow swarms find more). */
export interface Weather {
  /** Of each call by what it is for: `put`, `spool` (a put), `get`, `list`, `delete`, `append`, `owe`. */
  readonly calls: { readonly [kind: string]: { readonly [fault in CallFault]?: number } }
  /** Of each call made by an object: that the object is killed while it is under way. */
  readonly kill: number
  /** Of each write to an object's storage. */
  readonly storage: number
  /** Of each question for a snapshot. */
  readonly snapshot: number
}

export const FAIR_WEATHER: Weather = { calls: {}, kill: 0, storage: 0, snapshot: 0 }

interface Planned {
  readonly atMs: number
  readonly order: number
  readonly run: () => void
}

const MAX_LATENCY_MS = 20
/** No schedule needs a tenth of it: something wakes itself again and again. */
const MAX_EVENTS = 20_000
const LATE_MS = { from: 4_000, to: 40_000 }

/** The clock, the dice and the network. */
export class World {
  nowMs = Date.UTC(2026, 10, 25, 11, 50)
  weather: Weather = FAIR_WEATHER
  readonly random: Random
  /** What happened, for whoever reads a failed schedule. */
  readonly trace: string[] = []
  #planned: Planned[] = []
  #order = 0
  #events = 0

  get events(): number {
    return this.#events
  }

  constructor(seed: number) {
    this.random = seededRandom(seed)
  }

  log(what: string): void {
    this.trace.push(`${new Date(this.nowMs).toISOString()} ${what}`)
  }

  chance = (probability: number): boolean => probability > 0 && this.random() < probability
  between = (from: number, to: number): number => from + Math.floor(this.random() * (to - from + 1))
  pick = <T>(values: readonly T[]): T => {
    const value = values[this.between(0, values.length - 1)]
    if (value === undefined) throw new Error('nothing to pick from')
    return value
  }

  /** Runs something at a time, the earliest planned first; returns how to call it off. */
  at(atMs: number, run: () => void): () => void {
    const planned = { atMs: Math.max(atMs, this.nowMs), order: this.#order++, run }
    const index = this.#planned.findLastIndex((each) => each.atMs <= planned.atMs)
    this.#planned.splice(index + 1, 0, planned)
    return () => {
      this.#planned = this.#planned.filter((each) => each !== planned)
    }
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.at(this.nowMs + ms, resolve))
  }

  /** Lets time pass, event by event; between two of them everything runs that can. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.nowMs + ms
    await settled()
    for (;;) {
      const [next] = this.#planned
      if (next === undefined || next.atMs > untilMs) break
      this.#planned.shift()
      this.#events += 1
      if (this.#events > MAX_EVENTS) throw new Error(`${MAX_EVENTS} events and no rest`)
      this.nowMs = next.atMs
      next.run()
      await settled()
    }
    this.nowMs = untilMs
  }

  /** A call over the network: `land` is what it does where it arrives. */
  async call<T>(kind: string, what: string, land: () => T | Promise<T>): Promise<T> {
    const fault = this.#chooseFault(kind)
    if (fault !== null) this.log(`${fault}: ${what}`)
    await this.sleep(this.between(0, MAX_LATENCY_MS))
    switch (fault) {
      case 'fail':
        throw new Error(`${what} failed`)
      case 'hang':
        return new Promise(() => {})
      case 'late':
        await this.sleep(this.between(LATE_MS.from, LATE_MS.to))
        return land()
      case 'lose':
        await land()
        throw new Error(`the reply to ${what} was lost`)
      case 'twice': {
        const answer = await land()
        this.at(this.nowMs + this.between(1, LATE_MS.to), () => void ignore(land))
        return answer
      }
      case null: {
        const answer = await land()
        await this.sleep(this.between(0, MAX_LATENCY_MS))
        return answer
      }
    }
  }

  #chooseFault(kind: string): CallFault | null {
    for (const [fault, probability] of Object.entries(this.weather.calls[kind] ?? {})) {
      if (this.chance(probability)) return fault as CallFault // a key of CallFault
    }
    return null
  }
}

/** All promises that can go on have gone on. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

async function ignore(land: () => unknown): Promise<void> {
  try {
    await land()
  } catch {
    // nobody listens any more
  }
}
