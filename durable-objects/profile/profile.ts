import { DurableObject } from 'cloudflare:workers'
import type { IdKey, ProfileName } from '../identity/external-id.ts'
import { reportFailure } from '../report.ts'
import { within } from '../within.ts'
import { applyNews } from './apply-news.ts'
import { handOver, part, receive } from './moves.ts'
import type { Applied, News, ProfileRead } from './news.ts'
import { openProfile, type ProfileCalls } from './open-profile.ts'
import type { CarriedId, Parcel, ProfileState } from './profile-state.ts'
import { ProfileStore, type StoredProfile } from './profile-store.ts'
import { viewProfile } from './profile-view.ts'

const CALL_LIMIT_MS = 5_000
/** What an outbox still holds then is sent again, should nobody drive it. */
const RESEND_AFTER_MS = 60_000
/** Parcels of one call; an id has been merged and parted at most so often while its parcel waited. */
const MAX_PARCELS = 200

/** What is known of one person or account. Named `{space}:{profile name}`. */
export class Profile extends DurableObject<Env> {
  readonly #store: ProfileStore
  readonly #space: string
  readonly #name: ProfileName
  #stored: StoredProfile | null = null

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#store = new ProfileStore(ctx.storage)
    const fullName = ctx.id.name ?? ''
    const colon = fullName.lastIndexOf(':')
    this.#space = fullName.slice(0, colon)
    this.#name = fullName.slice(colon + 1)
  }

  /** Applies all of the news or nothing; twice is as good as once. */
  apply(news: News): Applied {
    const { state, bytes } = this.#load()
    const next = applyNews(state, news, bytes)
    this.#write(next.state)
    return next.applied
  }

  /** Takes what the loser of the merge `n` holds, and sends on what has gone on since; repeatable. */
  async absorb({ n, loser }: { readonly n: number; readonly loser: ProfileName }): Promise<void> {
    const asked = this.#neighbour(loser).handOver({ n, winner: this.#name })
    const ids = await within(CALL_LIMIT_MS, `handOver of ${loser}`, asked)
    // Judged by what this profile knows now: it may itself have been handed over meanwhile.
    const { state, onward } = receive(this.#load().state, { n, ids })
    this.#write(onward.length === 0 ? state : { ...state, outbox: [...state.outbox, ...onward] })
    await this.#flush()
  }

  /** Marks this profile as the loser of the merge `n` and answers what goes; the same if asked again. */
  handOver(merge: { readonly n: number; readonly winner: ProfileName }): readonly CarriedId[] {
    const { state, given } = handOver(this.#load().state, merge)
    this.#write(state)
    return given
  }

  /** Gives ids away that the part `n` took from this profile, and sees them arrive; repeatable. */
  async part(given: {
    readonly n: number
    readonly ids: readonly IdKey[]
    readonly to: ProfileName
  }): Promise<void> {
    this.#write(part(this.#load().state, given))
    await this.#flush()
  }

  /** Takes ids that are here since the link `n`; answers those that have gone on, addressed anew. */
  rejoin(given: { readonly n: number; readonly ids: readonly CarriedId[] }): readonly Parcel[] {
    const { state, onward } = receive(this.#load().state, given)
    this.#write(state)
    return onward
  }

  read(): ProfileRead {
    return viewProfile(this.#name, this.#load().state)
  }

  override async alarm(): Promise<void> {
    try {
      await this.#flush()
    } catch (error) {
      reportFailure('PARCEL_NOT_SENT', { profile: this.#name }, error)
      await this.ctx.storage.setAlarm(Date.now() + RESEND_AFTER_MS)
    }
  }

  /** Sends the outbox; rejects unless all of it has arrived. */
  async #flush(): Promise<void> {
    for (let sent = 0; sent < MAX_PARCELS; sent += 1) {
      const [parcel] = this.#load().state.outbox
      if (parcel === undefined) return
      const onward = await this.#send(parcel)
      const { state } = this.#load()
      // Another flush may have sent it meanwhile, and then what goes on from there is known.
      if (!state.outbox.includes(parcel)) continue
      const rest = state.outbox.filter((each) => each !== parcel)
      this.#write({ ...state, outbox: [...rest, ...onward] })
    }
    throw new Error(`profile ${this.#name} sent ${MAX_PARCELS} parcels and has more`)
  }

  async #send({ n, to, ids }: Parcel): Promise<readonly Parcel[]> {
    if (to === this.#name) return this.rejoin({ n, ids })
    return within(CALL_LIMIT_MS, `rejoin of ${to}`, this.#neighbour(to).rejoin({ n, ids }))
  }

  #neighbour(name: ProfileName): ProfileCalls {
    return openProfile(this.env, name, this.#space)
  }

  #load(): StoredProfile {
    this.#stored ??= this.#store.read()
    return this.#stored
  }

  /** Memory follows the disk: what the storage refuses is forgotten. */
  #write(next: ProfileState): void {
    const { state: before } = this.#load()
    if (next === before) return
    const isOther = next.ids !== before.ids
    const version = before.version + (isOther ? 1 : 0)
    const updatedAtMs = isOther ? Date.now() : before.updatedAtMs
    this.#stored = this.#store.write({ ...next, version, updatedAtMs })
    if (next.outbox.length > before.outbox.length) {
      void this.ctx.storage.setAlarm(Date.now() + RESEND_AFTER_MS)
    }
  }
}
