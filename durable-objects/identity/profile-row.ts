import type { IdKey } from './external-id.ts'
import type { MovedRecord, PartedPair, ProfileRecord } from './profile-record.ts'
import type { Pending } from './protocol.ts'
import { joinKeys, KeyTable, splitKeys, TextTable } from './row-tables.ts'

const PROFILE_VERSION = 1

/** JSON of a profile that is one; keys, types and sources are named by their place in tables. */
interface ProfileBody {
  readonly v: number
  /** 32 hex digits an id, in the order of `i`. */
  readonly k: string
  readonly t: readonly string[]
  readonly s: readonly string[]
  /** Which id founded it, and when the first of them was seen. */
  readonly f: number
  readonly at: number
  /** Type, link, ms after `at`, source. */
  readonly i: readonly (readonly [number, number, number, number])[]
  /** Number, carrier, brought; negative numbers are those of merges. */
  readonly e: readonly (readonly [number, number, number])[]
  /** Former profiles by number and founder. */
  readonly o?: readonly (readonly [number, number])[]
  readonly x?: readonly PartedPair[]
  readonly p?: readonly Pending[]
}

/** JSON of a profile that was merged into another. */
interface MovedBody {
  readonly v: number
  readonly founder: IdKey
  readonly into: number
}

/** Encodes a profile as version 1: some 70 bytes an id. */
export function encodeProfile(record: ProfileRecord): string {
  const [types, sources] = [new TextTable(), new TextTable()]
  const keys = new KeyTable(record.ids.map(({ key }) => key))
  const at = record.ids.reduce((first, { atMs }) => Math.min(first, atMs), Number.MAX_SAFE_INTEGER)
  const i = record.ids.map(
    ({ type, link, atMs, source }) =>
      [types.place(type), link, atMs - at, sources.place(source)] as const,
  )
  const e = record.edges.map(
    ({ n, isMerge, carrier, brought }) =>
      [isMerge ? -n : n, keys.place(carrier), keys.place(brought)] as const,
  )
  const o = record.formers.map(({ p, founder }) => [p, keys.place(founder)] as const)
  const body: ProfileBody = {
    v: PROFILE_VERSION,
    k: joinKeys(keys.keys),
    t: types.texts,
    s: sources.texts,
    f: keys.place(record.founder),
    at,
    i,
    e,
    ...(o.length > 0 && { o }),
    ...(record.parted.length > 0 && { x: record.parted }),
    ...(record.pending.length > 0 && { p: record.pending }),
  }
  return JSON.stringify(body)
}

export function encodeMoved({ founder, into }: MovedRecord): string {
  return JSON.stringify({ v: PROFILE_VERSION, founder, into } satisfies MovedBody)
}

/** Decodes a row of a profile that is one; an unknown version throws. */
export function decodeProfile(p: number, text: string): ProfileRecord {
  const body = JSON.parse(text) as ProfileBody // its version tells
  if (body.v !== PROFILE_VERSION) throw new Error(`profile row version ${body.v} is unknown`)
  const keys = splitKeys(body.k)
  const key = (place: number) => keys[place] ?? ''
  return {
    p,
    founder: key(body.f),
    ids: body.i.map(([type, link, afterMs, source], place) => ({
      key: key(place),
      type: body.t[type] ?? '',
      link,
      atMs: body.at + afterMs,
      source: body.s[source] ?? '',
    })),
    edges: body.e.map(([n, carrier, brought]) => ({
      n: Math.abs(n),
      isMerge: n < 0,
      carrier: key(carrier),
      brought: key(brought),
    })),
    formers: (body.o ?? []).map(([former, founder]) => ({ p: former, founder: key(founder) })),
    parted: body.x ?? [],
    pending: body.p ?? [],
  }
}
