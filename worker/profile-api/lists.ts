import type { Context } from 'hono'
import type { ProfileView } from '../../durable-objects/profile/news.ts'
import type { Source } from '../../durable-objects/workspace/snapshot.ts'
import type { AppEnv } from '../app-env.ts'
import { answerInvalid } from './errors.ts'
import { parseEventQuery } from './event-query.ts'
import { cutPage, type Limits, parseList, parsePage, showCursor } from './page.ts'
import { findChunks, readEventPage } from './read-events.ts'
import { readLastSeen } from './read-last-seen.ts'
import { showEvent } from './show-event.ts'
import {
  listGroups,
  listIds,
  listTraits,
  placeId,
  showId,
  showLink,
  showMetadata,
  showTraits,
} from './show-profile.ts'

/** The default is what users observe, not the documented 20: segmentio/segment-docs#6534. */
const TRAIT_LIMITS: Limits = { fallback: 10, max: 200 }
const ID_LIMITS: Limits = { fallback: 10, max: 100 }
const LINK_LIMITS: Limits = { fallback: 20, max: 20 }
const CLASSES = ['audience', 'computed_trait']
const DAY_MS = 86_400_000
const HISTORY_MS = 14 * DAY_MS

/** `/traits`, by name. */
export function answerTraits(c: Context<AppEnv>, view: ProfileView): Response {
  const { class: kind, include, verbose, ...query } = c.req.query()
  const page = parsePage(query, TRAIT_LIMITS, 1)
  if ('fault' in page) return answerInvalid(c, page.fault)
  if (kind && !CLASSES.includes(kind)) {
    return answerInvalid(c, 'The parameter `class` must be `audience` or `computed_trait`.')
  }
  const traits = listTraits(view, { include: parseList(include), isComputed: Boolean(kind) })
  const { items, next } = cutPage(traits, ([name]) => [name], page)
  const cursor = showCursor(new URL(c.req.url), { limit: page.limit, next })
  return c.json({ traits: showTraits(items, verbose === 'true'), cursor })
}

/** `/external_ids`, by type and value; `include` names types. */
export function answerIds(c: Context<AppEnv>, view: ProfileView): Response {
  const { include, ...query } = c.req.query()
  const page = parsePage(query, ID_LIMITS, 2)
  if ('fault' in page) return answerInvalid(c, page.fault)
  const { items, next } = cutPage(listIds(view, parseList(include)), placeId, page)
  const cursor = showCursor(new URL(c.req.url), { limit: page.limit, next })
  return c.json({ data: items.map(showId), cursor })
}

/** `/links` of a person: its groups. Who belongs to an account is not kept. */
export function answerLinks(c: Context<AppEnv>, view: ProfileView): Response {
  if (view.collection === 'accounts') return answerInvalid(c, 'Links of accounts are not kept.')
  const page = parsePage(c.req.query(), LINK_LIMITS, 1)
  if ('fault' in page) return answerInvalid(c, page.fault)
  const { items, next } = cutPage(listGroups(view), ({ groupId }) => [groupId], page)
  const cursor = showCursor(new URL(c.req.url), { limit: page.limit, next })
  return c.json({ data: items.map(showLink), cursor })
}

/** `/events` of a person in the last 14 days, as archived. */
export async function answerEvents(
  c: Context<AppEnv>,
  view: ProfileView,
  sources: readonly Source[],
): Promise<Response> {
  if (view.collection === 'accounts') return answerInvalid(c, 'Events of accounts are not indexed.')
  const nowMs = Date.now()
  const query = parseEventQuery(c.req.query(), nowMs)
  if ('fault' in query) return answerInvalid(c, query.fault)
  const { ids } = view
  const chunks = await findChunks(c.env.INTAKE, sources, { ids, sinceMs: nowMs - HISTORY_MS })
  const page = await readEventPage(c.env.ARCHIVE, { ids, chunks }, query)
  if ('crowdedHour' in page) {
    return answerInvalid(c, `Too many events of the hour ${page.crowdedHour} are this profile's.`)
  }
  const cursor = showCursor(new URL(c.req.url), { limit: query.limit, next: page.next })
  return c.json({ data: page.events.map((event) => showEvent(event, view)), cursor })
}

/** `/metadata`; a person's last event is the last that the archive has. */
export async function answerMetadata(
  c: Context<AppEnv>,
  view: ProfileView,
  sources: readonly Source[],
): Promise<Response> {
  const last = view.collection === 'users' ? await readLastSeen(c.env, view.ids, sources) : null
  return c.json({ metadata: showMetadata(view, last) })
}
