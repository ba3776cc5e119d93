import * as v from 'valibot'
import { checkConsentEvent } from './consent.ts'
import { exceedsDepth } from './depth.ts'
import type { DiscardReason } from './discard.ts'
import { isJsonObject, type JsonObject } from './json.ts'

export const EVENT_TYPES = ['track', 'identify', 'page', 'screen', 'group', 'alias'] as const

export type EventType = (typeof EVENT_TYPES)[number]

/** An event whose fields passed Segment's checks; everything else in it is as the client sent it. */
export interface ValidEvent extends JsonObject {
  readonly type: EventType
}

// Each message is the discard reason, so that the first issue found is the answer.
const because = (reason: DiscardReason): DiscardReason => reason
const optionalObject = (reason: DiscardReason) => v.nullish(v.custom(isJsonObject, reason))
// An empty one counts as absent: Kotlin's SDK sends `"category":""` with every screen.
const optionalName = (reason: DiscardReason) => v.nullish(v.string(reason))
const requiredId = v.pipe(
  v.nullish(v.string(because('id_not_string')), ''),
  v.nonEmpty(because('id_required')),
)

const properties = optionalObject('properties_not_object')
const traits = optionalObject('traits_not_object')
const named = {
  name: optionalName('name_not_string'),
  category: optionalName('category_not_string'),
  properties,
}

const FIELDS = {
  track: {
    event: v.pipe(
      v.nullish(v.string(because('event_not_string')), ''),
      v.nonEmpty(because('event_not_defined')),
    ),
    properties,
  },
  identify: { traits },
  page: named,
  screen: named,
  group: { groupId: requiredId, traits },
  alias: { userId: requiredId, previousId: requiredId },
} as const

const SCHEMAS = {
  track: v.looseObject(FIELDS.track),
  identify: v.looseObject(FIELDS.identify),
  page: v.looseObject(FIELDS.page),
  screen: v.looseObject(FIELDS.screen),
  group: v.looseObject(FIELDS.group),
  alias: v.looseObject(FIELDS.alias),
} satisfies Record<EventType, unknown>

/** Checks one item as Segment does: the event, unchanged, or the reason why it is discarded. */
export function checkEvent(item: JsonObject): { event: ValidEvent } | { reason: DiscardReason } {
  if (!isEventType(item.type)) return { reason: 'UNSUPPORTED_EVENT_TYPE' }
  if (exceedsDepth(item)) return { reason: 'exceeds_depth_limit' }
  const fault = checkIds(item) ?? checkConsentEvent(item)
  if (fault !== null) return { reason: fault }
  const result = v.safeParse(SCHEMAS[item.type], item, { abortEarly: true })
  if (!result.success) return { reason: result.issues[0].message as DiscardReason } // set above
  return { event: item as ValidEvent } // the type was checked in the first line
}

function isEventType(type: unknown): type is EventType {
  return EVENT_TYPES.some((known) => known === type)
}

/** An empty id beside a valid one counts as absent: Rudder's browser SDK sends `"userId":""`. */
function checkIds({ userId, anonymousId }: JsonObject): DiscardReason | null {
  const ids = [userId, anonymousId].filter((id) => id !== undefined && id !== null)
  if (ids.length === 0) return 'no_user_anon_id'
  if (ids.some((id) => typeof id !== 'string')) return 'id_not_string'
  return ids.every((id) => id === '') ? 'id_not_string' : null
}
