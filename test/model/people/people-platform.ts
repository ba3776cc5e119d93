import type { PendingVerbs } from '../../../durable-objects/identity/drive-pending.ts'
import type { IdKey, ProfileName } from '../../../durable-objects/identity/external-id.ts'
import type {
  Found,
  IdSet,
  LinkPage,
  Pending,
  Resolved,
} from '../../../durable-objects/identity/protocol.ts'
import type { Applied, News } from '../../../durable-objects/profile/news.ts'
import type { Reach } from '../sim-bucket.ts'
import { type Life, SimObject } from '../sim-object.ts'
import type { World } from '../world.ts'
import type { PeopleProduct } from './load-people.ts'

const IDENTITY = 'identity'

/** What undoing a link, or joining ids by hand, answers at least. */
export interface Edited {
  readonly state: string
  readonly pending?: readonly Pending[]
}

/** One space: its Identity and its Profiles, and calls to them that go wrong as the weather is. */
export class PeoplePlatform {
  readonly world: World
  readonly product: PeopleProduct
  readonly objects = new Map<string, SimObject>()

  constructor(world: World, product: PeopleProduct) {
    this.world = world
    this.product = product
  }

  resolve = (sets: readonly IdSet[]): Promise<Resolved> => this.#ask(IDENTITY, 'resolve', sets)
  find = (key: IdKey): Promise<Found | null> => this.#ask(IDENTITY, 'find', key)
  links = (name: ProfileName): Promise<LinkPage> => this.#ask(IDENTITY, 'links', name)
  unmerge = (name: ProfileName, n: number): Promise<Edited> =>
    this.#ask(IDENTITY, 'unmerge', name, n)
  join = (keys: readonly IdKey[]): Promise<Edited> => this.#ask(IDENTITY, 'join', keys, 'api')
  apply = (news: News): Promise<Applied> => this.#ask(nameOf(news.profile), 'apply', news)

  /** Drives as a consumer does; answers whether all of it is done. */
  async drive(pending: readonly Pending[]): Promise<boolean> {
    await this.#driveOneFirst(pending)
    const left = await this.product.drivePending(pending, this.#verbs)
    for (const { pending, error } of left) this.world.log(`left: ${pending.n}, ${String(error)}`)
    return left.length === 0
  }

  /** Profiles stand it if merges are driven in any order, but for those that come after a part. */
  async #driveOneFirst(pending: readonly Pending[]): Promise<void> {
    const part = pending.findIndex(({ kind }) => kind === 'part')
    const merges = part === -1 ? pending : pending.slice(0, part)
    const last = merges.at(-1)
    if (last === undefined || merges.length < 2 || !this.world.chance(0.6)) return
    await this.product.drivePending([last], this.#verbs)
  }

  readonly #verbs: PendingVerbs = {
    absorb: (winner, merge) => this.#ask(nameOf(winner), 'absorb', merge),
    part: (from, parted) => this.#ask(nameOf(from), 'part', parted),
    done: (n) => this.#ask(IDENTITY, 'done', n),
  }

  /** An answer without a network between. */
  async look<Answer>(name: string, method: string, ...values: readonly unknown[]): Promise<Answer> {
    return (await this.object(name).call(method, values)) as Answer // the method's own
  }

  restart(name: string): void {
    this.objects.get(name)?.kill('a restart')
  }

  object(name: string): SimObject {
    const object = this.objects.get(name) ?? this.#create(name)
    this.objects.set(name, object)
    return object
  }

  close(): void {
    for (const { storage } of this.objects.values()) storage.close()
  }

  #create(name: string): SimObject {
    return new SimObject(this.world, name, (ctx, life) => {
      const PROFILE = { getByName: (other: string) => this.#stub(other, this.#reachOf(life)) }
      const Class = name === IDENTITY ? this.product.Identity : this.product.Profile
      return new Class(ctx, { PROFILE } as unknown as Env) // all that they use
    })
  }

  /** Calls of an object: it may be killed while they are under way, before or after they land. */
  #reachOf(life: Life): Reach {
    return (kind, what, land) => {
      if (this.world.chance(this.world.weather.kill)) {
        this.world.at(this.world.nowMs + this.world.between(0, 40), () =>
          life.kill(`killed during ${what}`),
        )
      }
      return life.hears(() => this.world.call(kind, what, land))
    }
  }

  #stub(name: string, reach: Reach): object {
    const call =
      (method: string) =>
      (...values: unknown[]) =>
        reach(method, `${method} of ${name}`, () => this.object(name).call(method, values))
    return { handOver: call('handOver'), rejoin: call('rejoin') }
  }

  async #ask<Answer>(name: string, method: string, ...values: readonly unknown[]): Promise<Answer> {
    const land = () => this.object(name).call(method, values)
    const answer = await this.world.call(method, `${method} of ${name}`, land)
    return answer as Answer // the method's own
  }
}

/** The name of a profile's object. */
export const nameOf = (profile: ProfileName): string => `space:${profile}`
