import type { Collection, ExternalId } from '../../durable-objects/identity/external-id.ts'
import { isJsonObject, type JsonObject } from '../../worker/event/json.ts'
import { isExactNumber } from '../../worker/event/parse-json.ts'
import type { IdRules } from './id-rules.ts'

/** As long as Segment lets a group id be; a longer value of any type is no id. */
export const MAX_ID_CHARACTERS = 500
/** Lower-case, as Segment wants it, and nothing that a key's text could take for its own separator. */
const TYPE = /^[^\p{Lu}\p{Cc}\s]{1,100}$/u

/** The ids that an event names, as sent, and how many entries could not be read as one. */
export interface ReadIds {
  /** Of the person; the same id may come twice. */
  readonly users: readonly ExternalId[]
  /** Of the account, of `context.externalIds` only. */
  readonly accounts: readonly ExternalId[]
  readonly malformed: number
}

/**
 * Reads all ids of an event: https://www.twilio.com/docs/segment/unify/identity-resolution and contract
 * 7.1. An email among the properties may be anybody's: it is one only where it is configured.
 */
export function readIds(event: JsonObject, { customIds, isBlocked }: IdRules): ReadIds {
  const external = readExternalIds(objectIn(event.context).externalIds)
  const named = [...defaultIds(event), ...configuredIds(event, customIds)].flatMap(readId)
  const isGood = (id: ExternalId) => id.value.length <= MAX_ID_CHARACTERS
  const users = [...named, ...external.users]
  const accounts = external.accounts
  const tooLong = [...users, ...accounts].filter((id) => !isGood(id)).length
  const isId = (id: ExternalId) => isGood(id) && !isBlocked(id)
  return {
    users: users.filter(isId),
    accounts: accounts.filter(isId),
    malformed: external.malformed + tooLong,
  }
}

type Candidate = readonly [type: string, value: unknown]

function defaultIds(event: JsonObject): Candidate[] {
  const context = objectIn(event.context)
  const contextTraits = objectIn(context.traits)
  const analytics = objectIn(objectIn(context.integrations)['Google Analytics'])
  return [
    ['user_id', event.userId],
    ['anonymous_id', event.anonymousId],
    ['email', personsTraits(event).email],
    ['email', contextTraits.email],
    ...deviceIds(objectIn(context.device)),
    ['ga_client_id', analytics.clientId],
    ['cross_domain_id', event.cross_domain_id],
    ['cross_domain_id', contextTraits.cross_domain_id],
    ['cross_domain_id', contextTraits.crossDomainId], // as analytics.js writes it
    ['braze_id', context.braze_id],
    ['braze_id', objectIn(context.Braze).braze_id],
    ['braze_id', objectIn(context.braze).braze_id],
  ]
}

function deviceIds({ type, id, advertisingId, token, adTrackingEnabled }: JsonObject): Candidate[] {
  const platform = typeof type === 'string' ? type.toLowerCase() : ''
  if (platform !== 'android' && platform !== 'ios') return []
  return [
    [`${platform}.id`, id],
    [`${platform}.idfa`, adTrackingEnabled === true ? advertisingId : null],
    [`${platform}.push_token`, token],
  ]
}

function configuredIds(event: JsonObject, customIds: IdRules['customIds']): Candidate[] {
  const places = [
    personsTraits(event),
    objectIn(event.properties),
    objectIn(objectIn(event.context).traits),
  ]
  return customIds.flatMap(({ type, fields }) =>
    places.flatMap((place) =>
      fields.map((field): Candidate => [type, asText(Object.hasOwn(place, field) && place[field])]),
    ),
  )
}

/** The traits of a group call are the account's: its email is nobody's id. */
function personsTraits({ type, traits }: JsonObject): JsonObject {
  return type === 'group' ? {} : objectIn(traits)
}

/** A number where an id is expected is the id that its digits are. */
function asText(value: unknown): unknown {
  if (isExactNumber(value)) return JSON.stringify(value)
  return typeof value === 'number' ? String(value) : value
}

function readId([type, value]: Candidate): ExternalId[] {
  if (typeof value !== 'string' || value === '') return []
  return type === 'email' && value.trim() === '' ? [] : [{ type, value }]
}

/** An account's id never joins people, whatever collection it is said to be of. */
function readExternalIds(entries: unknown): ReadIds {
  if (entries === undefined || entries === null) return { users: [], accounts: [], malformed: 0 }
  if (!Array.isArray(entries)) return { users: [], accounts: [], malformed: 1 }
  const read = entries.map(readEntry)
  const idsOf = (collection: Collection) =>
    read.flatMap((entry) => (entry?.collection === collection ? [entry.id] : []))
  return {
    users: idsOf('users'),
    accounts: idsOf('accounts'),
    malformed: read.filter((entry) => entry === null).length,
  }
}

function readEntry(entry: unknown): { collection: Collection; id: ExternalId } | null {
  const { id, type, collection, encoding } = objectIn(entry)
  if (encoding !== 'none' || typeof type !== 'string' || !TYPE.test(type)) return null
  if (collection !== 'users' && collection !== 'accounts') return null
  if (collection === 'users' && type === 'group_id') return null
  const [read] = readId([type, id])
  return read === undefined ? null : { collection, id: read }
}

function objectIn(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {}
}
