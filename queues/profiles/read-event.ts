import type {
  Collection,
  ExternalId,
  IdKey,
  KeyedId,
} from '../../durable-objects/identity/external-id.ts'
import type { IdSet } from '../../durable-objects/identity/protocol.ts'
import type { Stamped } from '../../durable-objects/profile/news.ts'
import type { Json } from '../../durable-objects/workspace/snapshot.ts'
import { readChannel } from '../../worker/event/channel.ts'
import { CONSENT_EVENT } from '../../worker/event/consent.ts'
import { isJsonObject, type JsonObject } from '../../worker/event/json.ts'
import { isExactNumber, parseJson } from '../../worker/event/parse-json.ts'
import { findLimit, type Unusable } from './find-limit.ts'
import type { IdRules } from './id-rules.ts'
import { MAX_ID_CHARACTERS, readIds } from './read-ids.ts'

/**
 * Ids that one event may link, of a person as of an account: no honest one has so many, and merge
 * protection takes them off one by one.
 */
const MAX_EVENT_IDS = 100

/** What reading a source's events needs beside them. */
export interface ReadContext {
  readonly source: string
  /** Whether whoever has a write key of the source is trusted. */
  readonly hasSecretKeys: boolean
  readonly rules: IdRules
  readonly keyOf: (collection: Collection, id: ExternalId) => IdKey
  /** Whether a user id stands beside its hash, where the source wants one; else true. */
  readonly isProven: (userId: string, userHash: unknown) => boolean
}

/** What a group call says of its account. */
export interface SaidOfAccount {
  readonly groupId: string
  /** The first is the group id. */
  readonly ids: readonly KeyedId[]
  readonly traits: readonly (readonly [name: string, value: Json])[]
}

/** What an event says of a person and of an account. */
export interface Said {
  readonly stamp: Stamped
  /** Of the person, highest priority first, each key once. */
  readonly ids: readonly KeyedId[]
  readonly traits: readonly (readonly [name: string, value: Json])[]
  readonly account: SaidOfAccount | null
  readonly consent: { readonly [category: string]: boolean } | null
  /** What `previousId` of an alias is, if it is an anonymous id, and if it is a user id. */
  readonly previous: readonly [anonymous: KeyedId, user: KeyedId] | null
  readonly isPublic: boolean
  /** Entries that could not be read as ids, and ids beyond those that one event may link. */
  readonly malformed: number
}

/** A line of the archive as far as profiles are concerned. */
export type ReadEvent =
  | { readonly kind: 'said'; readonly said: Said }
  | { readonly kind: 'unusable'; readonly reason: Unusable }
  | { readonly kind: 'unreadable' }

/** Reads a line of the archive. */
export function readEvent(line: string, context: ReadContext): ReadEvent {
  const event = parseLine(line)
  const stamp = event && readStamp(event, context.source)
  if (!event || !stamp) return { kind: 'unreadable' }
  const limit = findLimit(event)
  if (limit !== null) return { kind: 'unusable', reason: limit }
  const said = readSaid(event, stamp, context)
  const isEmpty = said.ids.length === 0 && said.account === null
  return isEmpty ? { kind: 'unusable', reason: 'no_external_id' } : { kind: 'said', said }
}

/** What an event asks of Identity. */
export function toIdSet({ ids, stamp, traits, account, consent, previous, isPublic }: Said): IdSet {
  const [anonymous, user] = previous ?? []
  return {
    ...stamp,
    ids: ids.map(({ type, key }) => ({ type, key })),
    isMemorable: traits.length > 0 || account !== null || consent !== null,
    isPublic,
    previous: anonymous && user ? { anonymous: anonymous.key, user: user.key } : null,
  }
}

function parseLine(line: string): JsonObject | null {
  try {
    const event = parseJson(line)
    return isJsonObject(event) ? event : null
  } catch {
    return null
  }
}

/** A client's clock may be ahead: nothing was said after it was received. */
function readStamp(event: JsonObject, source: string): Stamped | null {
  const { messageId, receivedAt, timestamp } = event
  const receivedAtMs = typeof receivedAt === 'string' ? Date.parse(receivedAt) : Number.NaN
  if (typeof messageId !== 'string' || Number.isNaN(receivedAtMs)) return null
  const ownMs = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN
  const atMs = Number.isNaN(ownMs) ? receivedAtMs : Math.min(ownMs, receivedAtMs)
  return { atMs, messageId, source }
}

function readSaid(event: JsonObject, stamp: Stamped, context: ReadContext): Said {
  const { rules, hasSecretKeys } = context
  const read = readIds(event, rules)
  const userHash = isJsonObject(event.context) ? event.context.userHash : undefined
  const isOwn = ({ type, value }: ExternalId) =>
    type !== 'user_id' || context.isProven(value, userHash)
  const all = keyed(read.users.filter(isOwn), 'users', context)
  const ids = all.sort((a, b) => rules.compare(a.type, b.type)).slice(0, MAX_EVENT_IDS)
  const account = event.type === 'group' ? readAccount(event, read.accounts, context) : null
  const isUserProven =
    typeof event.userId !== 'string' || isOwn({ type: 'user_id', value: event.userId })
  return {
    stamp,
    ids,
    traits: event.type === 'identify' ? readTraits(event.traits) : [],
    account,
    consent: readConsent(event),
    previous:
      event.type === 'alias' && isUserProven ? readPrevious(event.previousId, context) : null,
    isPublic: !hasSecretKeys || readChannel(event, false) !== 'server',
    malformed: read.malformed + all.length - ids.length,
  }
}

function keyed(
  ids: readonly ExternalId[],
  collection: Collection,
  { keyOf }: ReadContext,
): KeyedId[] {
  const byKey = new Map<IdKey, KeyedId>()
  for (const id of ids) {
    const key = keyOf(collection, id)
    if (!byKey.has(key)) byKey.set(key, { ...id, key })
  }
  return [...byKey.values()]
}

function readAccount(
  { groupId, traits }: JsonObject,
  others: readonly ExternalId[],
  context: ReadContext,
): SaidOfAccount | null {
  if (typeof groupId !== 'string') return null
  const id = { type: 'group_id', value: groupId }
  if (context.rules.isBlocked(id)) return null
  const own = others.filter(({ type }) => type !== 'group_id')
  const ids = keyed([id, ...own], 'accounts', context).slice(0, MAX_EVENT_IDS)
  return { groupId, ids, traits: readTraits(traits) }
}

function readPrevious(previousId: unknown, { keyOf, rules }: ReadContext): Said['previous'] {
  if (typeof previousId !== 'string' || previousId === '') return null
  if (previousId.length > MAX_ID_CHARACTERS) return null
  const [anonymous, user] = ['anonymous_id', 'user_id'].map((type): KeyedId => {
    const id = { type, value: previousId }
    return { ...id, key: keyOf('users', id) }
  })
  if (!anonymous || !user || rules.isBlocked(user)) return null
  return [anonymous, user]
}

function readConsent({ type, event, context }: JsonObject): Said['consent'] {
  if (type !== 'track' || event !== CONSENT_EVENT || !isJsonObject(context)) return null
  const preferences = isJsonObject(context.consent) ? context.consent.categoryPreferences : null
  if (!isJsonObject(preferences)) return null
  const categories = Object.entries(preferences).filter(
    (entry): entry is [string, boolean] => typeof entry[1] === 'boolean',
  )
  return Object.fromEntries(categories)
}

const readTraits = (traits: unknown): Said['traits'] =>
  isJsonObject(traits) ? Object.entries(traits).map(([name, value]) => [name, plain(value)]) : []

/** A number with more digits than a double holds is the text of its digits. */
function plain(value: unknown): Json {
  if (isExactNumber(value)) return JSON.stringify(value)
  if (Array.isArray(value)) return value.map(plain)
  if (!isJsonObject(value)) return value as Json // parsed from JSON: all that is left
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]))
}
