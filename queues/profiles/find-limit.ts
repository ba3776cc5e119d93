import { CONSENT_EVENT } from '../../worker/event/consent.ts'
import { isJsonObject, type JsonObject } from '../../worker/event/json.ts'

/** Segment's limits: https://www.twilio.com/docs/segment/unify/product-limits, contract 7.5. */
export const MAX_GROUP_ID_CHARACTERS = 500
const MAX_TRAITS = 300
/** Of an identify call, one less. */
const MAX_IDENTIFY_TRAITS = 299
const MAX_MESSAGE_ID_CHARACTERS = 100

/** Why an event says nothing of a person, as the ledger of `profiles` counts it. */
export type Unusable =
  | 'no_external_id'
  | 'group_id_empty'
  | 'group_id_too_long'
  | 'message_id_too_long'
  | 'too_many_traits'
  | 'too_many_properties'
  | 'consent_categorypreferences_should_exist'

/** What Segment drops without a word, by name; null for an event within the limits. */
export function findLimit(event: JsonObject): Unusable | null {
  const { type, messageId, traits, properties, context } = event
  if (typeof messageId === 'string' && messageId.length > MAX_MESSAGE_ID_CHARACTERS) {
    return 'message_id_too_long'
  }
  const maxTraits = type === 'identify' ? MAX_IDENTIFY_TRAITS : MAX_TRAITS
  if (fieldsOf(traits) > maxTraits) return 'too_many_traits'
  if (fieldsOf(properties) > MAX_TRAITS) return 'too_many_properties'
  const { groupId, consent } = isJsonObject(context) ? context : {}
  if (type === 'track' && groupId === '') return 'group_id_empty'
  if (event.event === CONSENT_EVENT && !(isJsonObject(consent) && consent.categoryPreferences)) {
    return 'consent_categorypreferences_should_exist'
  }
  return type === 'group' ? findGroupFault(event.groupId) : null
}

function findGroupFault(groupId: unknown): Unusable | null {
  if (typeof groupId !== 'string' || groupId === '') return 'group_id_empty'
  return groupId.length > MAX_GROUP_ID_CHARACTERS ? 'group_id_too_long' : null
}

const fieldsOf = (value: unknown): number => (isJsonObject(value) ? Object.keys(value).length : 0)
