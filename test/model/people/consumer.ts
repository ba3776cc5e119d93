import type { IdKey, ProfileName } from '../../../durable-objects/identity/external-id.ts'
import type { Pending, Resolution } from '../../../durable-objects/identity/protocol.ts'
import type { News, NewsId } from '../../../durable-objects/profile/news.ts'
import type { PeoplePlatform } from './people-platform.ts'
import type { PeopleEvent, Remembered } from './visitor.ts'

const REMEMBER_MS = 60_000
const MAX_MOVES = 8

type Placed = { readonly event: PeopleEvent; readonly resolution: Resolution }

/** An isolate that tells profiles what chunks bring, as queues/profiles does, with a memory of its own. */
export class Consumer {
  readonly #platform: PeoplePlatform
  readonly #memory = new Map<IdKey, Remembered>()

  constructor(platform: PeoplePlatform) {
    this.#platform = platform
  }

  /** Answers whether all is told and nothing is left pending. */
  async process(events: readonly PeopleEvent[]): Promise<boolean> {
    try {
      const refused = await this.#round(events)
      if (refused === null || refused.length === 0) return refused !== null
      for (const { set } of refused) for (const { key } of set.ids) this.#memory.delete(key)
      return (await this.#round(refused))?.length === 0
    } catch (error) {
      this.#platform.world.log(`a consumer gives up: ${String(error)}`)
      return false
    }
  }

  /** The events that profiles refused; null if something could not be driven. */
  async #round(events: readonly PeopleEvent[]): Promise<PeopleEvent[] | null> {
    const { placed, pending } = await this.#place(events)
    const told = await Promise.all(
      [...gather(placed)].map(async ([profile, all]) => {
        const isTold = await this.#tell(newsOf(profile, all))
        if (isTold) this.#remember(all)
        return isTold ? [] : all.map(({ event }) => event)
      }),
    )
    const isDriven = await this.#platform.drive(pending)
    return isDriven ? told.flat() : null
  }

  async #place(
    events: readonly PeopleEvent[],
  ): Promise<{ placed: Placed[]; pending: readonly Pending[] }> {
    const recalled = events.map((event) => this.#recall(event))
    const asked = events.filter((_, at) => recalled[at] === null)
    const { resolutions, pending } =
      asked.length === 0
        ? { resolutions: [], pending: [] }
        : await this.#platform.resolve(asked.map(({ set }) => set))
    const answers = new Map(asked.map((event, at) => [event, resolutions[at]]))
    const placed = events.flatMap((event, at) => {
      const resolution = recalled[at] ?? answers.get(event)
      return resolution === undefined ? [] : [{ event, resolution }]
    })
    return { placed, pending }
  }

  #recall({ set }: PeopleEvent): Resolution | null {
    const { nowMs } = this.#platform.world
    const known = set.ids.map(({ key }) => this.#memory.get(key))
    const [first] = known
    if (first === undefined) return null
    const isOne = known.every((each) => each?.profile === first.profile && each.untilMs > nowMs)
    if (!isOne) return null
    const ids = set.ids.map((id, at) => ({ ...id, link: known[at]?.link ?? 0 }))
    return { profile: { name: first.profile, isImplicit: false }, ids, demoted: [], refused: null }
  }

  #remember(all: readonly Placed[]): void {
    const untilMs = this.#platform.world.nowMs + REMEMBER_MS
    for (const { resolution } of all) {
      for (const { key, link } of resolution.ids) {
        this.#memory.set(key, { profile: resolution.profile?.name ?? '', link, untilMs })
      }
    }
  }

  async #tell(news: News): Promise<boolean> {
    let { profile } = news
    for (let moves = 0; moves < MAX_MOVES; moves += 1) {
      const applied = await this.#platform.apply({ ...news, profile })
      this.#platform.world.log(
        `${profile} is told ${news.ids.map(({ key, link }) => `${key.slice(0, 4)}/${link}`)}: ${JSON.stringify(applied)}`,
      )
      if (applied.state === 'refused') return false
      if (applied.state !== 'moved') return true
      profile = applied.to
    }
    throw new Error(`${news.profile} moved ${MAX_MOVES} times`)
  }
}

function gather(placed: readonly Placed[]): Map<ProfileName, Placed[]> {
  const byProfile = new Map<ProfileName, Placed[]>()
  for (const each of placed) {
    const { profile } = each.resolution
    if (profile === null || profile.isImplicit) continue
    byProfile.set(profile.name, [...(byProfile.get(profile.name) ?? []), each])
  }
  return byProfile
}

function newsOf(profile: ProfileName, placed: readonly Placed[]): News {
  const stampOf = ({ set: { atMs, messageId, source } }: PeopleEvent) => ({
    atMs,
    messageId,
    source,
  })
  const ids = placed.flatMap(({ event, resolution }) =>
    resolution.ids.map(
      ({ key, type, link }): NewsId => ({ key, type, link, value: key, ...stampOf(event) }),
    ),
  )
  const traits = placed.flatMap(({ event }) =>
    Object.entries(event.traits).map(([name, value]) => ({
      by: event.by,
      name,
      value,
      ...stampOf(event),
    })),
  )
  return { profile, collection: 'users', ids, traits, groups: [], consents: [] }
}
