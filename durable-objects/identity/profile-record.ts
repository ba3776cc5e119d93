import type { IdKey, ProfileName } from './external-id.ts'
import type { Link, Pending } from './protocol.ts'

/** An id of a profile. `link`: what brought it there last, an attachment, a merge or a part. */
export interface HeldId {
  readonly key: IdKey
  readonly type: string
  readonly link: number
  readonly atMs: number
  readonly source: string
}

/** A link between two ids of a profile. The ids are a tree: without one of its edges they are two. */
export interface Edge {
  readonly n: number
  readonly isMerge: boolean
  readonly carrier: IdKey
  readonly brought: IdKey
}

/** A profile's number and the id that founded it; together for good, whoever holds the id. */
export interface Founding {
  readonly p: number
  readonly founder: IdKey
}

/** A pair of ids that no event links again: `n` undid the link `undone`. */
export interface PartedPair {
  readonly n: number
  readonly undone: number
  readonly pair: readonly [IdKey, IdKey]
  readonly from: ProfileName
  readonly to: ProfileName
}

/** What is stored of a profile by its number. */
export interface ProfileRecord extends Founding {
  readonly ids: readonly HeldId[]
  /** One less than ids. */
  readonly edges: readonly Edge[]
  /** The profiles merged into it, at first or second hand. */
  readonly formers: readonly Founding[]
  /** All pairs of which it holds an id. */
  readonly parted: readonly PartedPair[]
  /** What names a profile founded by one of its ids and is not done. */
  readonly pending: readonly Pending[]
}

/** What is stored of a profile that was merged into another. */
export interface MovedRecord extends Founding {
  readonly into: number
}

/** The part of all that is known which a call needs: the ids it names, and the profiles of those. */
export interface IdentityState {
  /** The number given last, to a link or, which is the same, a profile. */
  readonly lastN: number
  readonly ids: ReadonlyMap<IdKey, number>
  readonly profiles: ReadonlyMap<number, ProfileRecord>
}

/** What a call adds: everything is written whole, and the links have the numbers after `lastN`. */
export interface Changes {
  readonly ids: ReadonlyMap<IdKey, number>
  readonly profiles: readonly ProfileRecord[]
  readonly moved: readonly MovedRecord[]
  readonly links: readonly Link[]
}
