import type { ProfileView } from '../../durable-objects/profile/news.ts'
import { isJsonObject, type JsonObject } from '../event/json.ts'
import type { EventChunk, EventQuery } from './event-query.ts'
import type { Place } from './page.ts'
import { holds, showBareId } from './show-profile.ts'

type Ids = ProfileView['ids']

/** An archived event of a profile. */
export interface FoundEvent {
  readonly event: JsonObject
  readonly place: Place
  readonly sourceId: string
}

/** Which chunk a line is of. */
export interface LineOrigin extends Pick<EventChunk, 'sourceId' | 'isProven'> {
  readonly hour: string
}

/**
 * A line of a chunk as an event of a profile; null if it is another's. A line whose user id the profile
 * does not hold is another's even if it holds the anonymous id: a shared device.
 */
export function readLine(line: string, ids: Ids, origin: LineOrigin): FoundEvent | null {
  const isNamed = ids.some(({ value }) => line.includes(JSON.stringify(value)))
  const event: unknown = isNamed ? JSON.parse(line) : null
  if (!isJsonObject(event) || !isOf(event, ids, origin)) return null
  const ms = Date.parse(String(event.timestamp))
  const { hour, sourceId } = origin
  return { event, sourceId, place: [hour, ms, String(event.messageId), sourceId] }
}

/** Whether an event is of a profile with these ids; a user id that is not proven is none. */
function isOf(
  { userId, anonymousId, context }: JsonObject,
  ids: Ids,
  { isProven }: LineOrigin,
): boolean {
  const userHash = isJsonObject(context) ? context.userHash : undefined
  const isKnown = typeof userId === 'string' && userId !== '' && isProven(userId, userHash)
  return isKnown ? holds(ids, 'user_id', userId) : holds(ids, 'anonymous_id', anonymousId)
}

/** Whether a query wants an event: by its timestamp, and by its name or else its type. */
export function isWanted({ event, place }: FoundEvent, query: EventQuery): boolean {
  const ms = Number(place[1])
  const key = readName(event) ?? String(event.type)
  if (query.exclude?.has(key) || query.include?.has(key) === false) return false
  return ms > query.afterMs && ms < query.beforeMs
}

/** An event in the shape of `/events`. */
export function showEvent({ event, sourceId }: FoundEvent, view: ProfileView): object {
  const own = view.ids.filter(
    ({ type, value }) =>
      (type === 'user_id' && value === event.userId) ||
      (type === 'anonymous_id' && value === event.anonymousId),
  )
  return {
    external_ids: own.map(showBareId),
    context: event.context ?? {},
    type: event.type,
    message_id: event.messageId,
    source_id: sourceId,
    timestamp: event.timestamp,
    properties: event.properties ?? {},
    event: readName(event),
    related: { users: view.name },
  }
}

/** What a track did, and which page or screen was seen. */
function readName({ event, name }: JsonObject): string | null {
  const text = event ?? name
  return typeof text === 'string' ? text : null
}
