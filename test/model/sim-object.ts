import { SimStorage } from './sim-storage.ts'
import type { World } from './world.ts'

/** An object from its start to its end; what it still does afterwards nobody sees. */
export interface Life {
  isDead: boolean
  readonly kill: (why: string) => void
  /** A promise that the life hears of only while it lasts; the call goes out when its writes are kept. */
  readonly hears: <T>(call: () => Promise<T>) => Promise<T>
}

/** The object as the platform makes it: `new Intake(ctx, env)`. */
export type Create = (ctx: DurableObjectState, life: Life) => object

interface Running {
  readonly life: Life
  readonly object: Record<string, (...values: unknown[]) => unknown>
  readonly ready: Promise<unknown>
  readonly ended: Promise<never>
}

const ALARM_RETRY_MS = 2_000

/** A Durable Object of the simulated platform: started by a call or its alarm, killed at any time. */
export class SimObject {
  readonly storage: SimStorage
  readonly #world: World
  readonly #name: string
  readonly #create: Create
  #running: Running | null = null
  #isAlarmRunning = false

  constructor(world: World, name: string, create: Create) {
    this.#world = world
    this.#name = name
    this.#create = create
    this.storage = new SimStorage({
      beforeWrite: (query) => {
        if (!/^\s*(INSERT|UPDATE|DELETE)/.test(query)) return
        if (!world.chance(world.weather.storage)) return
        world.log(`storage of ${name} fails: ${query}`)
        throw new Error('disk I/O error')
      },
      onAlarm: (atMs) => this.#planAlarm(atMs),
    })
  }

  /** A call that has arrived. */
  async call(method: string, values: readonly unknown[]): Promise<unknown> {
    const running = this.#running ?? this.#start()
    const { life, object, ready, ended } = running
    const work = ready.then(async () => {
      const called = object[method]
      if (life.isDead || called === undefined) throw new Error(`no ${method} at ${this.#name}`)
      return called.apply(object, [...values])
    })
    const answer = await Promise.race([work, ended])
    this.storage.commit()
    return answer
  }

  kill(why: string): void {
    this.#running?.life.kill(why)
  }

  #start(): Running {
    let end: (error: Error) => void = () => {}
    const ended = new Promise<never>((_, reject) => {
      end = reject
    })
    ended.catch(() => {})
    const life = this.#newLife(end)
    const starting: Promise<unknown>[] = []
    const ctx = {
      id: { name: this.#name },
      storage: this.storage.open(() => life.isDead),
      waitUntil: (work: Promise<unknown>) => void work.catch(() => {}),
      blockConcurrencyWhile: (work: () => Promise<unknown>) => void starting.push(work()),
      abort: (why: string) => life.kill(why),
      getWebSockets: () => [],
    }
    const object = this.#create(ctx as unknown as DurableObjectState, life) // all that they use
    const ready = Promise.all(starting)
    ready.catch(() => {})
    const running = { life, object: object as Running['object'], ready, ended }
    this.#running = running
    return running
  }

  #newLife(end: (error: Error) => void): Life {
    const life: Life = {
      isDead: false,
      kill: (why) => {
        if (life.isDead) return
        this.#world.log(`${this.#name} ends: ${why}`)
        life.isDead = true
        this.#running = null
        this.storage.rollback()
        end(new Error(`${this.#name} was reset`))
      },
      hears: (call) => {
        this.storage.commit()
        return new Promise((resolve, reject) => {
          if (life.isDead) return
          call().then(
            (value) => life.isDead || resolve(value),
            (error) => life.isDead || reject(error),
          )
        })
      },
    }
    return life
  }

  #planAlarm(atMs: number | null): void {
    if (atMs !== null) this.#world.at(atMs, () => void this.#fire(atMs))
  }

  /** At least once: what ends before its alarm does is woken again. */
  async #fire(atMs: number): Promise<void> {
    if (this.storage.alarmAtMs !== atMs || this.#isAlarmRunning) return
    this.storage.alarmAtMs = null
    this.#isAlarmRunning = true
    try {
      await this.call('alarm', [])
    } catch {
      this.storage.alarmAtMs ??= this.#world.nowMs + ALARM_RETRY_MS
    }
    this.#isAlarmRunning = false
    this.#planAlarm(this.storage.alarmAtMs)
  }
}
