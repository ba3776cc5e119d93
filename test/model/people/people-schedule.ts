import { type CallFault, FAIR_WEATHER, type Weather, type World } from '../world.ts'
import { Consumer } from './consumer.ts'
import { type Edited, nameOf, type PeoplePlatform } from './people-platform.ts'
import { type IdName, keyOf, NAMES, newEvent, type PeopleEvent } from './visitor.ts'

const SECOND_MS = 1_000
const MAX_LATE_MS = 90 * SECOND_MS
const MAX_TRIES = 40
const CONSUMERS = 3

interface Chunk {
  readonly events: readonly PeopleEvent[]
  isDone: boolean
}

/** What happens in a schedule: chunks come, are processed by several, and links are undone and made by hand. */
export class PeopleSchedule {
  readonly #world: World
  readonly #platform: PeoplePlatform
  readonly #consumers: readonly Consumer[]
  readonly #chunks: Chunk[] = []
  readonly #hidden = new Set<string>()
  #events = 0

  constructor(platform: PeoplePlatform) {
    this.#world = platform.world
    this.#platform = platform
    this.#consumers = Array.from({ length: CONSUMERS }, () => new Consumer(platform))
  }

  /** All events that came. */
  get events(): PeopleEvent[] {
    return this.#chunks.flatMap(({ events }) => events)
  }

  async run(steps: number): Promise<void> {
    this.#populate()
    await this.#world.advance(SECOND_MS)
    const weather = chooseWeather(this.#world)
    this.#world.log(`weather: ${JSON.stringify(weather)}`)
    for (let step = 0; step < steps; step += 1) {
      this.#world.weather = this.#world.chance(0.8) ? weather : FAIR_WEATHER
      this.#step()
      const { between, chance } = this.#world
      await this.#world.advance(chance(0.8) ? between(0, 60) : between(0, 30 * SECOND_MS))
    }
    await this.#heal()
  }

  /** Plays all events once more, as if from the archive. */
  async replay(): Promise<void> {
    void this.#consumers[0]?.process(this.events)
    await this.#world.advance(MAX_LATE_MS)
  }

  /** Each id a profile of its own at first, or most: merges need somebody to merge. */
  #populate(): void {
    const names = NAMES.filter(() => this.#world.chance(0.9))
    const chunk = { events: names.map((name) => this.#newEvent([name])), isDone: false }
    this.#chunks.push(chunk)
    this.#process(chunk)
  }

  #step(): void {
    const { between, pick } = this.#world
    const dice = between(0, 99)
    if (dice < 20) this.#comes()
    else if (dice < 30 && this.#chunks.length > 0) this.#process(pick(this.#chunks))
    else if (dice < 60) void this.#edit(() => this.#undo())
    else if (dice < 95) void this.#edit(() => this.#join())
    else this.#restart()
  }

  /** A chunk, processed by one or two at once, or later. */
  #comes(): void {
    const { between } = this.#world
    const events = Array.from({ length: between(1, 3) }, () => this.#newEvent())
    const chunk = { events, isDone: false }
    this.#chunks.push(chunk)
    for (let times = between(0, 2); times > 0; times -= 1) this.#process(chunk)
  }

  #newEvent(names?: readonly IdName[]): PeopleEvent {
    this.#events += 1
    return newEvent(this.#world, { n: this.#events, names, hidden: this.#hidden })
  }

  #process(chunk: Chunk): void {
    const { between, pick } = this.#world
    this.#world.at(this.#world.nowMs + between(0, 80), async () => {
      chunk.isDone = (await pick(this.#consumers).process(chunk.events)) || chunk.isDone
    })
  }

  async #undo(): Promise<Edited> {
    const found = await this.#platform.find(keyOf(this.#world.pick(NAMES)))
    if (found === null) return { state: 'unknown' }
    const page = await this.#platform.links(found.name)
    const kinds = this.#world.chance(0.7) ? ['merge'] : ['merge', 'attach']
    const links =
      page.state === 'found' ? page.links.filter(({ kind }) => kinds.includes(kind)) : []
    if (links.length === 0) return { state: 'unknown' }
    const answer = await this.#platform.unmerge(found.name, this.#world.pick(links).n)
    this.#world.log(`undone: ${JSON.stringify(answer)}`)
    return answer
  }

  async #join(): Promise<Edited> {
    const answer = await this.#platform.join([1, 2].map(() => keyOf(this.#world.pick(NAMES))))
    this.#world.log(`joined: ${JSON.stringify(answer)}`)
    return answer
  }

  /** What a person does by hand; who did it drives it, once, or leaves it to others. */
  async #edit(edit: () => Promise<Edited>): Promise<void> {
    try {
      const { pending } = await edit()
      if (this.#world.chance(0.3)) await this.#platform.drive(pending ?? [])
    } catch (error) {
      this.#world.log(`an edit fails: ${String(error)}`)
    }
  }

  #restart(): void {
    this.#platform.restart(this.#world.pick([...this.#platform.objects.keys(), nameOf('')]))
  }

  /** All is well again: late calls land, what was not done is done. */
  async #heal(): Promise<void> {
    await this.#world.advance(MAX_LATE_MS)
    this.#world.log('all is well')
    this.#world.weather = FAIR_WEATHER
    await this.#world.advance(MAX_LATE_MS)
    let isOver = false
    void this.#finish().then(() => {
      isOver = true
    })
    for (let tries = 0; tries < MAX_TRIES && !isOver; tries += 1) {
      await this.#world.advance(10 * SECOND_MS)
    }
    await this.#world.advance(MAX_LATE_MS)
  }

  async #finish(): Promise<void> {
    for (const chunk of this.#chunks) {
      for (let tries = 0; tries < 3 && !chunk.isDone; tries += 1) {
        chunk.isDone = await this.#world.pick(this.#consumers).process(chunk.events)
      }
      if (!chunk.isDone) this.#world.log('a chunk cannot be processed')
    }
    for (const name of NAMES) {
      const found = await this.#platform.find(keyOf(name))
      await this.#platform.drive(found?.pending ?? [])
    }
  }

  /** Chunks that never ended. */
  get left(): number {
    return this.#chunks.filter(({ isDone }) => !isDone).length
  }
}

const FAULTS: readonly CallFault[] = ['fail', 'lose', 'late', 'twice', 'hang']
const KINDS = [
  ...['resolve', 'find', 'unmerge', 'join', 'done'],
  ...['apply', 'absorb', 'part', 'handOver', 'rejoin'],
]

function chooseWeather(world: World): Weather {
  const { chance, pick } = world
  const breadth = pick([0, 0.1, 0.4])
  const often = () => (chance(breadth) ? pick([0.05, 0.2, 0.5]) : 0)
  const calls = KINDS.map((kind) => {
    const faults = FAULTS.map((fault) => [fault, often() / (fault === 'hang' ? 4 : 1)])
    return [kind, Object.fromEntries(faults)]
  })
  const storage = chance(breadth) ? pick([0.01, 0.05]) : 0
  return { calls: Object.fromEntries(calls), kill: often(), storage, snapshot: 0 }
}
