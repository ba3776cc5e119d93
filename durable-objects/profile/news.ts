import type { Collection, IdKey, KeyedId, ProfileName } from '../identity/external-id.ts'
import type { Json } from '../workspace/snapshot.ts'

/** When and by which event something was said. */
export interface Stamped {
  /** The event's timestamp, at most its `receivedAt`: ms since 1970. */
  readonly atMs: number
  readonly messageId: string
  readonly source: string
}

/** An id as an event brought it, with the number of its link; 0 for an account's. */
export interface NewsId extends KeyedId, Stamped {
  readonly link: number
}

/** A trait as an event wrote it; null hides. `by` is the id that it belongs to. */
export interface NewsTrait extends Stamped {
  readonly by: IdKey
  readonly name: string
  readonly value: Json
}

/** A person's group. */
export interface NewsGroup extends Stamped {
  readonly by: IdKey
  readonly groupId: string
}

/** What a person consents to, by category. */
export interface NewsConsent extends Stamped {
  readonly by: IdKey
  readonly categories: { readonly [category: string]: boolean }
}

/** All that a chunk brings for one profile. */
export interface News {
  readonly profile: ProfileName
  readonly collection: Collection
  readonly ids: readonly NewsId[]
  readonly traits: readonly NewsTrait[]
  readonly groups: readonly NewsGroup[]
  readonly consents: readonly NewsConsent[]
}

/** What a profile did with news. `refused`: it does not hold an id any more: ask Identity afresh. */
export type Applied =
  /** `overLimit`: so many traits, groups and categories, and ids of an account, found no room and are left out. */
  | { readonly state: 'applied' | 'unchanged'; readonly overLimit?: number }
  | { readonly state: 'moved'; readonly to: ProfileName }
  | { readonly state: 'refused'; readonly ids: readonly IdKey[] }

/** A trait as the Profile API shows it. */
export interface VisibleTrait {
  readonly value: Json
  readonly sourceId: string
  readonly updatedAtMs: number
}

/** What is known of a person or account. */
export interface ProfileView {
  readonly name: ProfileName
  readonly collection: Collection
  readonly version: number
  readonly ids: readonly (NewsId & { readonly collection: Collection })[]
  readonly traits: { readonly [name: string]: VisibleTrait }
  readonly groups: readonly NewsGroup[]
  readonly consent: { readonly [category: string]: boolean | 'conflict' } | null
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

/** What a read of a profile finds. */
export type ProfileRead =
  | { readonly state: 'found'; readonly view: ProfileView }
  | { readonly state: 'moved'; readonly to: ProfileName }
  | { readonly state: 'unknown' }
