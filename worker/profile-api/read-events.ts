import { proveUser } from '../../durable-objects/identity/prove-user.ts'
import { readChunk } from '../../durable-objects/intake/read-chunk.ts'
import type { ProfileView } from '../../durable-objects/profile/news.ts'
import { intakeName } from '../../durable-objects/workspace/intake-name.ts'
import type { Source } from '../../durable-objects/workspace/snapshot.ts'
import { explainFault } from '../api/explain-fault.ts'
import {
  type ChunkHour,
  compareFor,
  type EventChunk,
  type EventQuery,
  planHours,
  startOfHour,
} from './event-query.ts'
import { encodePlace } from './page.ts'
import { type FoundEvent, isWanted, readLine } from './show-event.ts'

/** A page goes no further once it has read so many chunks: it is short, and says there is more. */
const MAX_PAGE_CHUNKS = 100
/** More chunks of one hour would not be read within a request; such an id is no person's. */
const MAX_HOUR_CHUNKS = 500
/** A Worker has six connections at once. */
const PARALLEL_READS = 6

/** A page of events, or the hour that has too many chunks. */
export type EventPage =
  | { readonly events: readonly FoundEvent[]; readonly next: string }
  | { readonly crowdedHour: string }

/** Where a profile's events are, and whose they must be. */
export interface EventSearch {
  readonly ids: ProfileView['ids']
  readonly chunks: readonly EventChunk[]
}

/** The chunks with events of some ids, of all sources, planned at or after a time; throws if not all can be named. */
export async function findChunks(
  intakes: Env['INTAKE'],
  sources: readonly Source[],
  { ids, sinceMs }: { ids: ProfileView['ids']; sinceMs: number },
): Promise<EventChunk[]> {
  const hashed = ids.flatMap(({ type, value }) => indexText(type, value) ?? [])
  if (hashed.length === 0) return []
  const found = sources.map(async ({ id: sourceId, userHashSecret = null }) => {
    const found = await intakes.getByName(intakeName(sourceId)).userEvents(hashed, sinceMs)
    if (found.state !== 'found') throw new Error(explainFault(found))
    const isProven = (userId: string, userHash: unknown) =>
      userHashSecret === null || proveUser(userHashSecret, userId, userHash)
    return found.keys.map((key) => ({ sourceId, isProven, key }))
  })
  return (await Promise.all(found)).flat()
}

/** An id as the user index knows it; null if it knows none of its type. */
export function indexText(type: string, value: string): string | null {
  if (type === 'user_id') return `userId:${value}`
  return type === 'anonymous_id' ? `anonymousId:${value}` : null
}

/** Reads a page of events from the archive, hour by hour; what is still in the log is not yet there. */
export async function readEventPage(
  bucket: R2Bucket,
  { ids, chunks }: EventSearch,
  query: EventQuery,
): Promise<EventPage> {
  const compare = compareFor(query)
  const events: FoundEvent[] = []
  let read = 0
  for (const hour of planHours(chunks, query)) {
    const count = hour.chunks.length
    if (count > MAX_HOUR_CHUNKS) return { crowdedHour: hour.hour }
    if (read > 0 && read + count > MAX_PAGE_CHUNKS) {
      return { events, next: encodePlace(startOfHour(hour.hour, query)) }
    }
    read += count
    const found = (await readHour(bucket, hour, ids)).filter(
      (each) =>
        isWanted(each, query) && (query.from === null || compare(each.place, query.from) >= 0),
    )
    events.push(...found.sort((one, other) => compare(one.place, other.place)))
    const following = events[query.limit]
    if (following !== undefined) {
      return { events: events.slice(0, query.limit), next: encodePlace(following.place) }
    }
  }
  return { events, next: '' }
}

/** All events of a profile in the chunks of an hour. */
async function readHour(
  bucket: R2Bucket,
  { hour, chunks }: ChunkHour,
  ids: ProfileView['ids'],
): Promise<FoundEvent[]> {
  const found: FoundEvent[] = []
  for (let at = 0; at < chunks.length; at += PARALLEL_READS) {
    const reads = chunks.slice(at, at + PARALLEL_READS).map(async ({ key, ...origin }) => {
      const lines = (await readChunk(bucket, key)) ?? []
      return lines.flatMap((line) => readLine(line, ids, { hour, ...origin }) ?? [])
    })
    found.push(...(await Promise.all(reads)).flat())
  }
  return found
}
