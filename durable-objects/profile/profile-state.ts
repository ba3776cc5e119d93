import type { IdKey, KeyedId, ProfileName } from '../identity/external-id.ts'
import type { Json } from '../workspace/snapshot.ts'
import type { Stamped } from './news.ts'

/** What an event wrote, and when. */
export interface Written<Value> extends Stamped {
  readonly value: Value
}

/** How an id was first seen here. */
export type KnownId = KeyedId & Stamped

/** All that was ever written over one id; null for an id that no event has brought here yet. */
export interface IdData {
  readonly known: KnownId | null
  readonly traits: ReadonlyMap<string, Written<Json>>
  readonly groups: ReadonlyMap<string, Stamped>
  readonly consent: ReadonlyMap<string, Written<boolean>>
}

/** Where an id is by the newest link that this profile was told of: here if `to` is null. */
export interface Place {
  readonly n: number
  readonly to: ProfileName | null
}

/** An id and where it is; what left with a merge keeps its data, should the reply be lost. */
export interface IdRecord extends IdData {
  readonly place: Place
}

/** An id on its way from one profile to another. */
export interface CarriedId extends IdData {
  readonly key: IdKey
}

/** Ids that belong to another profile since the link `n`, and have not been taken there yet. */
export interface Parcel {
  readonly n: number
  readonly to: ProfileName
  readonly ids: readonly CarriedId[]
}

/** A merge in which this profile lost. */
export interface Move {
  readonly n: number
  readonly to: ProfileName
}

/** What one profile remembers. */
export interface ProfileState {
  /** Counts what changed in `ids`. */
  readonly version: number
  readonly updatedAtMs: number
  readonly ids: ReadonlyMap<IdKey, IdRecord>
  /** By rising number. */
  readonly moves: readonly Move[]
  /** The newest link known to have put an id here: a later number than that of the last move ends it. */
  readonly revivedBy: number
  readonly outbox: readonly Parcel[]
}

export const NO_DATA: IdData = {
  known: null,
  traits: new Map(),
  groups: new Map(),
  consent: new Map(),
}

export const EMPTY_PROFILE: ProfileState = {
  version: 0,
  updatedAtMs: 0,
  ids: new Map(),
  moves: [],
  revivedBy: 0,
  outbox: [],
}

/** The merge that holds still: the profile has been handed over and not been parted again since. */
export function standingMove({ moves, revivedBy }: ProfileState): Move | null {
  const last = moves.at(-1)
  return last === undefined || last.n < revivedBy ? null : last
}

/** The ids that the profile holds. */
export function heldIds({ ids }: ProfileState): [IdKey, IdRecord][] {
  return [...ids].filter(([, { place }]) => place.to === null)
}

/** An id with its data and nothing else. */
export function carry(key: IdKey, { known, traits, groups, consent }: IdData): CarriedId {
  return { key, known, traits, groups, consent }
}
