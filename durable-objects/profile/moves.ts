import type { IdKey, ProfileName } from '../identity/external-id.ts'
import { joinData } from './newest.ts'
import {
  type CarriedId,
  carry,
  type IdRecord,
  type Move,
  NO_DATA,
  type Parcel,
  type ProfileState,
} from './profile-state.ts'

/** Marks the ids that a merge takes away, and answers them: the same again if asked again. */
export function handOver(
  before: ProfileState,
  { n, winner }: { readonly n: number; readonly winner: ProfileName },
): { readonly state: ProfileState; readonly given: readonly CarriedId[] } {
  const isKnown = before.moves.some((move) => move.n === n)
  const leaving = [...before.ids].filter(([, { place }]) => place.to === null && place.n < n)
  const ids = leaving.map(([key, record]): [IdKey, IdRecord] => [
    key,
    { ...record, place: { n, to: winner } },
  ])
  const state: ProfileState = {
    ...before,
    ids: ids.length === 0 ? before.ids : new Map([...before.ids, ...ids]),
    moves: isKnown ? before.moves : [...before.moves, { n, to: winner }].sort(byNumber),
  }
  const given = [...state.ids].filter(([, { place }]) => place.to !== null && place.n === n)
  return {
    state: isKnown && ids.length === 0 ? before : state,
    given: given.map(([key, record]) => carry(key, record)),
  }
}

/** Takes ids into the profile. Those that have gone on since `n` are answered, addressed anew. */
export function receive(
  before: ProfileState,
  { n, ids }: { readonly n: number; readonly ids: readonly CarriedId[] },
): { readonly state: ProfileState; readonly onward: readonly Parcel[] } {
  const taken: [IdKey, IdRecord][] = []
  const onward: (Move & { readonly id: CarriedId })[] = []
  for (const id of ids) {
    const record = before.ids.get(id.key)
    const next = nextPlace(before, { n, record })
    if (next === null) taken.push([id.key, take(record, n, id)])
    else onward.push({ ...next, id })
  }
  const changed = taken.filter(([key, record]) => !isUnchanged(before.ids.get(key), record))
  if (changed.length === 0) return { state: before, onward: pack(onward) }
  const revivedBy = Math.max(before.revivedBy, n)
  const state = { ...before, revivedBy, ids: new Map([...before.ids, ...changed]) }
  return { state, onward: pack(onward) }
}

/** Puts ids into the outbox: they belong to another profile since the link `n`. */
export function part(
  before: ProfileState,
  { n, ids, to }: { readonly n: number; readonly ids: readonly IdKey[]; readonly to: ProfileName },
): ProfileState {
  const leaving = ids.filter((key) => (before.ids.get(key)?.place.n ?? -1) < n)
  if (leaving.length === 0) return before
  const parcel = { n, to, ids: leaving.map((key) => carry(key, before.ids.get(key) ?? NO_DATA)) }
  const gone = leaving.map((key): [IdKey, IdRecord] => [key, { ...NO_DATA, place: { n, to } }])
  return {
    ...before,
    ids: new Map([...before.ids, ...gone]),
    outbox: [...before.outbox, parcel],
  }
}

/** Where an id has gone that came here with the link `n`; null if it stays. */
function nextPlace(
  { moves }: ProfileState,
  { n, record }: { readonly n: number; readonly record: IdRecord | undefined },
): Move | null {
  const place = record?.place
  if (place?.to === null) return null
  if (place !== undefined && place.n > n) return { n: place.n, to: place.to }
  return moves.find((move) => move.n > n) ?? null
}

function take(record: IdRecord | undefined, n: number, id: CarriedId): IdRecord {
  const isHere = record?.place.to === null
  const place = { n: isHere ? Math.max(record.place.n, n) : n, to: null }
  return { ...joinData(record ?? NO_DATA, id), place }
}

function isUnchanged(before: IdRecord | undefined, { place, ...data }: IdRecord): boolean {
  if (before === undefined) return false
  const isThere = before.place.to === place.to && before.place.n === place.n
  const { known, traits, groups, consent } = before
  const isKnown = known === data.known && groups === data.groups
  return isThere && isKnown && traits === data.traits && consent === data.consent
}

function pack(ids: readonly (Move & { readonly id: CarriedId })[]): Parcel[] {
  const parcels = new Map<string, Parcel>()
  for (const { n, to, id } of ids) {
    const before = parcels.get(`${n} ${to}`)
    parcels.set(`${n} ${to}`, { n, to, ids: [...(before?.ids ?? []), id] })
  }
  return [...parcels.values()]
}

const byNumber = (a: Move, b: Move) => a.n - b.n
