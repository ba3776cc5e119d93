import type { ProfileView } from '../../durable-objects/profile/news.ts'
import type { Source } from '../../durable-objects/workspace/snapshot.ts'
import type { EventQuery } from './event-query.ts'
import { findChunks, readEventPage } from './read-events.ts'
import type { LastSeen } from './show-profile.ts'

const NEWEST: EventQuery = {
  limit: 1,
  from: null,
  afterMs: Number.NEGATIVE_INFINITY,
  beforeMs: Number.POSITIVE_INFINITY,
  include: null,
  exclude: null,
  isAscending: false,
}

/** The newest archived event with one of these ids, of any age; null if none is found. */
export async function readLastSeen(
  env: Env,
  ids: ProfileView['ids'],
  sources: readonly Source[],
): Promise<LastSeen | null> {
  const chunks = await findChunks(env.INTAKE, sources, { ids, sinceMs: 0 })
  const page = await readEventPage(env.ARCHIVE, { ids, chunks }, NEWEST)
  const [last] = 'events' in page ? page.events : []
  return last === undefined
    ? null
    : { messageId: String(last.event.messageId), sourceId: last.sourceId }
}
