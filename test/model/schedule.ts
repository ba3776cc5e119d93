import { intakeName } from '../../durable-objects/workspace/intake-name.ts'
import { UNVERIFIED } from '../../durable-objects/workspace/snapshot.ts'
import type { Clients, Sent, SentItem } from './clients.ts'
import { INTAKES, LATE, type Platform, SEAL_MS, SHOP } from './platform.ts'
import { type CallFault, FAIR_WEATHER, type Weather, type World } from './world.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 3_600_000
/** Then the oldest ids are forgotten: 25 h, and an hour until it is worth it. */
const QUIET_DAY_MS = 26.5 * HOUR_MS
const MAX_LATE_MS = 60 * SECOND_MS
/** Everything acknowledged is archived and owed by then: the longest back-off, and a seal. */
const DEADLINE_MS = 150 * SECOND_MS

/** What happens in a schedule, one step after the other; clients do not wait for each other. */
export class Schedule {
  readonly #world: World
  readonly #platform: Platform
  readonly #clients: Clients
  #destinations = 2
  #isLateThere = false
  #cronMs = MINUTE_MS

  constructor(platform: Platform, clients: Clients) {
    this.#world = platform.world
    this.#platform = platform
    this.#clients = clients
  }

  async run(steps: number): Promise<void> {
    this.#cron()
    const weather = chooseWeather(this.#world)
    this.#world.log(`weather: ${JSON.stringify(weather)}`)
    for (let step = 0; step < steps; step += 1) {
      this.#world.weather = this.#world.chance(0.8) ? weather : FAIR_WEATHER
      await this.#step()
    }
    await this.#heal()
  }

  async #step(): Promise<void> {
    const { between, chance, pick } = this.#world
    const dice = between(0, 99)
    if (dice < 60) this.#sendSome(chance(0.2) ? between(2, 6) : 1)
    else if (dice < 64) this.#sendMuch()
    else if (dice < 70) this.#platform.object(`intake ${pick(INTAKES)}`).kill('a restart')
    else if (dice < 73) this.#nudge(pick(INTAKES))
    else if (dice < 80) this.#edit()
    else if (dice < 83) await this.#editMeanwhile()
    await this.#world.advance(this.#pause(dice))
  }

  #pause(dice: number): number {
    const { between } = this.#world
    if (dice < 40) return between(0, 60)
    if (dice < 75) return between(0, 8 * SECOND_MS)
    if (dice < 92) return between(0, 90 * SECOND_MS)
    return between(0, 2 * HOUR_MS)
  }

  #sendSome(requests: number): void {
    for (let request = 0; request < requests; request += 1) {
      this.#sendOne(this.#world.chance(0.25))
    }
  }

  #sendOne(isUnverified: boolean): void {
    const segments = Array.from({ length: this.#world.between(1, 3) }, () =>
      this.#segment(isUnverified),
    )
    void this.#clients.send(segments)
  }

  /** Closes chunks by their size: 1,000 events or a MiB. */
  #sendMuch(): void {
    const { newItem } = this.#clients
    const isLong = this.#world.chance(0.5)
    const items = Array.from({ length: isLong ? 1 : 600 }, () => newItem())
    const segments = [1, 2].map(() => this.#clients.toShop(items, isLong ? 440_000 : 0))
    for (const segment of segments) void this.#clients.send([segment])
    void this.#clients.send([this.#clients.toShop([newItem()], 440_000)])
  }

  #segment(isUnverified: boolean): Sent {
    const { chance, between, pick } = this.#world
    const earlier = this.#clients.repeatable(intakeName(isUnverified ? UNVERIFIED : SHOP))
    if (earlier.length > 0 && chance(0.2)) return pick(earlier)
    const items = Array.from({ length: between(1, 4) }, () => this.#item(earlier))
    return isUnverified ? this.#clients.toUnverified(items) : this.#clients.toShop(items)
  }

  /** New, or one that was sent before: the same again, or a discard that is corrected. */
  #item(earlier: readonly Sent[]): SentItem {
    const { chance, pick } = this.#world
    if (earlier.length === 0 || chance(0.6)) {
      return this.#clients.newItem(chance(0.2) ? 'event_not_defined' : 'event')
    }
    return { ...pick(pick(earlier).items), kind: 'event' }
  }

  #nudge(intake: string): void {
    void this.#platform
      .object(`intake ${intake}`)
      .call('nudge', [])
      .catch(() => {})
  }

  /** Destinations come and go; the late source comes. */
  #edit(): void {
    const { pick } = this.#world
    this.#isLateThere ||= this.#world.chance(0.5)
    const sources = this.#isLateThere ? [SHOP, LATE] : [SHOP]
    this.#world.at(this.#world.nowMs + 1, () => this.#sendOne(true))
    this.#destinations += 1
    this.#platform.edit(sources, [`d${this.#destinations - 1}`, `d${this.#destinations}`])
    if (this.#world.chance(0.5)) this.#platform.object(`intake ${pick(INTAKES)}`).kill('a restart')
    this.#world.log(`sources ${sources}, destinations to d${this.#destinations}`)
  }

  /** The shop restarts with other destinations, of which the old ones took a chunk in part. */
  async #editMeanwhile(): Promise<void> {
    this.#world.weather = { ...FAIR_WEATHER, calls: { owe: { fail: 0.5 } } }
    this.#sendOne(false)
    await this.#world.advance(SEAL_MS + SECOND_MS)
    this.#edit()
    this.#platform.object(`intake ${intakeName(SHOP)}`).kill('a restart')
  }

  #cron(): void {
    this.#world.at(this.#world.nowMs + this.#cronMs, () => {
      void this.#platform.product.sweepSpools(this.#platform.env())
      this.#cron()
    })
  }

  /** A day without a client; perhaps what the last ones left in the spool cannot be listed. */
  async #quietDay(): Promise<void> {
    this.#cronMs = HOUR_MS / 2
    const isDown = this.#world.chance(0.6)
    this.#world.log(`a quiet day, R2 ${isDown ? 'lists nothing' : 'is well'}`)
    if (isDown) {
      await this.#strand()
      this.#world.weather = { ...FAIR_WEATHER, calls: { append: { lose: 1 }, list: { fail: 1 } } }
      this.#sendOne(false)
      this.#sendOne(false)
      await this.#world.advance(MAX_LATE_MS)
    }
    this.#world.weather = { ...FAIR_WEATHER, calls: isDown ? { list: { fail: 1 } } : this.#night() }
    const restartMs = this.#world.between(0, QUIET_DAY_MS)
    await this.#world.advance(restartMs)
    this.#platform.object(`intake ${SHOP}:any:0`).kill('a restart')
    await this.#world.advance(QUIET_DAY_MS - restartMs)
    this.#world.weather = FAIR_WEATHER
    await this.#world.advance(this.#cronMs)
    this.#cronMs = MINUTE_MS
  }

  /** An event that its source has already waits once more in the spool of unknown keys. */
  async #strand(): Promise<void> {
    const clients = this.#clients
    const items = [clients.newItem()]
    this.#world.weather = FAIR_WEATHER
    for (const sent of [items, [clients.newItem()]]) {
      void clients.send([clients.toUnverified(sent)])
      await this.#world.advance(4 * SEAL_MS)
    }
    this.#world.weather = { ...FAIR_WEATHER, calls: { append: { fail: 1 }, list: { fail: 1 } } }
    void clients.send([clients.toUnverified(items)])
    await this.#world.advance(SEAL_MS)
  }

  /** In the night the day before is rolled: puts may fail, or land when nobody waits for them. */
  #night(): Weather['calls'] {
    return this.#world.chance(0.3) ? {} : { put: { fail: 0.4, late: 0.1, lose: 0.1, hang: 0.1 } }
  }

  /** All is well again: late calls land, clients repeat what they were not told of, alarms do the rest. */
  async #heal(): Promise<void> {
    await this.#world.advance(MAX_LATE_MS)
    if (this.#world.chance(0.35)) await this.#quietDay()
    this.#world.log('all is well')
    this.#world.weather = FAIR_WEATHER
    await this.#world.advance(MAX_LATE_MS)
    for (const intake of INTAKES) {
      const open = this.#clients.repeatable(intake).filter(({ ackedMs }) => ackedMs === null)
      for (const sent of open) void this.#clients.send([sent])
    }
    await this.#world.advance(DEADLINE_MS)
  }
}

const FAULTS: readonly CallFault[] = ['fail', 'lose', 'late', 'twice', 'hang']
const KINDS = ['put', 'spool', 'get', 'list', 'delete', 'append', 'owe']

/** Broad storms and narrow ones. */
function chooseWeather(world: World): Weather {
  const { chance, pick } = world
  const breadth = pick([0.1, 0.3, 0.8])
  const often = () => (chance(breadth) ? pick([0.05, 0.2, 0.5]) : 0)
  const calls = KINDS.map((kind) => {
    const faults = FAULTS.map((fault) => [fault, often() / 2])
    return [kind, Object.fromEntries(faults)]
  })
  return {
    calls: Object.fromEntries(calls),
    kill: often() / 2,
    storage: chance(breadth) ? pick([0.01, 0.05]) : 0,
    snapshot: often(),
  }
}
