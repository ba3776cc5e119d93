import type { IdKey, ProfileName } from './external-id.ts'

/** What one event says of who somebody is. */
export interface IdSet {
  /** Without blocked ones; each key once. */
  readonly ids: readonly { readonly type: string; readonly key: IdKey }[]
  /** Whether it brings traits, a group or consent: then it is worth a profile of its own. */
  readonly isMemorable: boolean
  /** Whether anybody can send it: with a key of a browser or an app. It never joins accounts. */
  readonly isPublic: boolean
  /** Of an alias: the keys that its `previousId` has as an anonymous and as a user id. */
  readonly previous: { readonly anonymous: IdKey; readonly user: IdKey } | null
  readonly source: string
  readonly messageId: string
  readonly atMs: number
}

/** Where one event belongs. */
export interface Resolution {
  /** Null without an id. An implicit profile has a name, and nothing is stored of it. */
  readonly profile: { readonly name: ProfileName; readonly isImplicit: boolean } | null
  /** The ids of the event that the profile holds, each with the number of its link, made now or before. */
  readonly ids: readonly { readonly key: IdKey; readonly type: string; readonly link: number }[]
  /** Ids taken off by merge protection. */
  readonly demoted: readonly IdKey[]
  /** Why an alias joined nothing. */
  readonly refused: 'alias_of_a_known_user' | null
}

/** Something that profiles have not been told, or have not confirmed. */
export type Pending =
  | {
      readonly kind: 'merge'
      readonly n: number
      readonly winner: ProfileName
      readonly loser: ProfileName
    }
  | {
      readonly kind: 'part'
      readonly n: number
      readonly from: ProfileName
      readonly to: ProfileName
      readonly ids: readonly IdKey[]
    }

/** What `resolve` answers: one resolution for each set, and what its profiles still have to be told. */
export interface Resolved {
  readonly resolutions: readonly Resolution[]
  readonly pending: readonly Pending[]
}

/** A journal entry: an id attached to a profile, or two profiles merged. */
export interface Link {
  readonly n: number
  readonly kind: 'attach' | 'merge' | 'part'
  readonly atMs: number
  readonly source: string
  readonly messageId: string
  /** The id that carried it, and the id that it brought. */
  readonly carrier: IdKey
  readonly brought: IdKey
  readonly winner: ProfileName
  readonly loser: ProfileName | null
}

/** Where an id stands now. */
export interface Found {
  readonly name: ProfileName
  readonly ids: readonly { readonly key: IdKey; readonly type: string; readonly link: number }[]
  readonly pending: readonly Pending[]
}

/** A page of a profile's journal; `next` is the cursor of the page after it. */
export type LinkPage =
  | { readonly state: 'found'; readonly links: readonly Link[]; readonly next: number | null }
  | { readonly state: 'unknown_profile' }
