import * as v from 'valibot'
import type { Json } from '../workspace/snapshot.ts'
import type { Stamped } from './news.ts'
import type { CarriedId, IdRecord, KnownId, ProfileState, Written } from './profile-state.ts'

const STATE_VERSION = 1

const stamp = [v.number(), v.string(), v.string()] as const
const value = v.any() // as JSON.parse made it
const Data = v.object({
  key: v.string(),
  known: v.nullable(v.tuple([v.string(), v.string(), ...stamp])),
  traits: v.array(v.tuple([v.string(), value, ...stamp])),
  groups: v.array(v.tuple([v.string(), ...stamp])),
  consent: v.array(v.tuple([v.string(), v.boolean(), ...stamp])),
})
const Place = v.object({ n: v.number(), to: v.nullable(v.string()) })
const Move = v.object({ n: v.number(), to: v.string() })
const Body = v.object({
  v: v.literal(STATE_VERSION, `profile row version is not ${STATE_VERSION}`),
  version: v.number(),
  updatedAtMs: v.number(),
  moves: v.array(Move),
  revivedBy: v.number(),
  ids: v.array(v.object({ ...Data.entries, place: Place })),
  outbox: v.array(v.object({ ...Move.entries, ids: v.array(Data) })),
})

/** A profile as the text of its row. */
export function encodeState(state: ProfileState): string {
  const body: v.InferOutput<typeof Body> = {
    v: STATE_VERSION,
    version: state.version,
    updatedAtMs: state.updatedAtMs,
    moves: [...state.moves],
    revivedBy: state.revivedBy,
    ids: [...state.ids].map(([key, record]) => ({
      ...encodeData({ ...record, key }),
      place: record.place,
    })),
    outbox: state.outbox.map(({ n, to, ids }) => ({ n, to, ids: ids.map(encodeData) })),
  }
  return JSON.stringify(body)
}

/** Throws on an unknown version. */
export function decodeState(text: string): ProfileState {
  const { v: _, ...body } = v.parse(Body, JSON.parse(text))
  return {
    ...body,
    ids: new Map(
      body.ids.map(({ place, ...data }): [string, IdRecord] => {
        const { key, ...known } = decodeData(data)
        return [key, { ...known, place }]
      }),
    ),
    outbox: body.outbox.map(({ n, to, ids }) => ({ n, to, ids: ids.map(decodeData) })),
  }
}

type StampTuple = [atMs: number, messageId: string, source: string]

const encodeStamp = ({ atMs, messageId, source }: Stamped): StampTuple => [atMs, messageId, source]

const decodeStamp = ([atMs, messageId, source]: StampTuple): Stamped => ({
  atMs,
  messageId,
  source,
})

function encodeData({
  key,
  known,
  traits,
  groups,
  consent,
}: CarriedId): v.InferOutput<typeof Data> {
  return {
    key,
    known: known === null ? null : [known.type, known.value, ...encodeStamp(known)],
    traits: [...traits].map(([name, each]) => [name, each.value, ...encodeStamp(each)]),
    groups: [...groups].map(([groupId, first]) => [groupId, ...encodeStamp(first)]),
    consent: [...consent].map(([name, each]) => [name, each.value, ...encodeStamp(each)]),
  }
}

function decodeData({ key, known, ...data }: v.InferOutput<typeof Data>): CarriedId {
  return {
    key,
    known: known === null ? null : decodeKnown(key, known),
    traits: new Map(data.traits.map(([name, ...rest]) => [name, decodeWritten<Json>(rest)])),
    groups: new Map(data.groups.map(([groupId, ...first]) => [groupId, decodeStamp(first)])),
    consent: new Map(data.consent.map(([name, ...rest]) => [name, decodeWritten(rest)])),
  }
}

const decodeKnown = (
  key: string,
  [type, value, ...first]: [type: string, value: string, ...StampTuple],
): KnownId => ({ key, type, value, ...decodeStamp(first) })

const decodeWritten = <Value>([value, ...stamp]: [Value, ...StampTuple]): Written<Value> => ({
  value,
  ...decodeStamp(stamp),
})
