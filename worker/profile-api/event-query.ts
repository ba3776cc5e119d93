import {
  comparePlaces,
  type Fault,
  type Limits,
  type PageQuery,
  type Place,
  parseList,
  parsePage,
} from './page.ts'

const HISTORY_DAYS = 14 // https://segment.com/docs/unify/profile-api/#get-a-profiles-events
const DAY_MS = 86_400_000
const LIMITS: Limits = { fallback: 10, max: 100 } // the same page, "Request arguments"
/** Hour of its chunk, timestamp, message id, source: none of them ever changes. */
const PLACE_PARTS = 4
/** The latest time that a Date can have. */
const LAST_MS = 8_640_000_000_000_000
const LAST_TEXT = '\uffff'

/** Which events of a profile are wanted. */
export interface EventQuery extends PageQuery {
  /** By timestamp; both ends excluded, as in Segment's "after" and "before". */
  readonly afterMs: number
  readonly beforeMs: number
  readonly include: ReadonlySet<string> | null
  readonly exclude: ReadonlySet<string> | null
  readonly isAscending: boolean
}

/** Reads the query of `/events`; older than 14 days is nothing, whatever it says. */
export function parseEventQuery(
  query: { readonly [name: string]: string },
  nowMs: number,
): EventQuery | Fault {
  const { start, end, sort = 'desc', include, exclude } = query
  const page = parsePage(query, LIMITS, PLACE_PARTS)
  if ('fault' in page) return page
  const afterMs = start ? Date.parse(start) : Number.NEGATIVE_INFINITY
  const beforeMs = end ? Date.parse(end) : Number.POSITIVE_INFINITY
  if (Number.isNaN(afterMs)) return { fault: 'The parameter `start` is not an ISO 8601 time.' }
  if (Number.isNaN(beforeMs)) return { fault: 'The parameter `end` is not an ISO 8601 time.' }
  if (sort !== 'asc' && sort !== 'desc') {
    return { fault: 'The parameter `sort` must be `asc` or `desc`.' }
  }
  return {
    ...page,
    afterMs: Math.max(afterMs, nowMs - HISTORY_DAYS * DAY_MS),
    beforeMs,
    include: parseList(include),
    exclude: parseList(exclude),
    isAscending: sort === 'asc',
  }
}

/** A chunk with events of the profile. */
export interface EventChunk {
  readonly sourceId: string
  /** Whether a user id stands beside its hash, where the source wants one; else true. */
  readonly isProven: (userId: string, userHash: unknown) => boolean
  readonly key: string
}

/** The chunks of an hour: their events are shown in the order of their timestamps. */
export interface ChunkHour {
  readonly hour: string
  readonly chunks: readonly EventChunk[]
}

/** The hours that a query has to read, in its order; a chunk is planned after its events came in. */
export function planHours(chunks: readonly EventChunk[], query: EventQuery): ChunkHour[] {
  const { isAscending, from } = query
  const first = from === null ? null : String(from[0])
  const hours = Map.groupBy(chunks, ({ key }) => readHour(key))
  return [...hours]
    .map(([hour, ofHour]) => ({ hour, chunks: ofHour }))
    .filter(({ hour }) => first === null || (isAscending ? hour >= first : hour <= first))
    .sort((one, other) => (one.hour < other.hour === isAscending ? -1 : 1))
}

/** The place before all events of an hour, in the order of a query. */
export function startOfHour(hour: string, { isAscending }: EventQuery): Place {
  return isAscending ? [hour, -LAST_MS, '', ''] : [hour, LAST_MS, LAST_TEXT, LAST_TEXT]
}

/** Orders places as a query wants them. */
export function compareFor({ isAscending }: EventQuery): (one: Place, other: Place) => number {
  return isAscending ? comparePlaces : (one, other) => comparePlaces(other, one)
}

/** `2026/11/25/12` of a chunk's key. */
function readHour(key: string): string {
  return key.split('/').slice(-5, -1).join('/')
}
