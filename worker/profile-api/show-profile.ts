import type {
  NewsGroup,
  NewsId,
  ProfileView,
  VisibleTrait,
} from '../../durable-objects/profile/news.ts'
import type { Place } from './page.ts'

/** An id as Segment names it. */
export interface WireId {
  readonly collection: string
  readonly type: string
  readonly id: string
  readonly encoding: 'none'
}

/** A trait by its name. */
export type NamedTrait = readonly [name: string, trait: VisibleTrait]

/** Traits in the order of their names; of a class that is computed there are none yet. */
export function listTraits(
  { traits }: ProfileView,
  { include, isComputed }: { include: ReadonlySet<string> | null; isComputed: boolean },
): NamedTrait[] {
  if (isComputed) return []
  return Object.entries(traits)
    .filter(([name]) => include?.has(name) ?? true)
    .sort(([one], [other]) => compare(one, other))
}

/** Traits as an object; with `verbose`, each with its source and its time. */
export function showTraits(traits: readonly NamedTrait[], isVerbose: boolean): object {
  return Object.fromEntries(
    traits.map(([name, { value, sourceId, updatedAtMs }]) => [
      name,
      isVerbose ? { value, source_id: sourceId, updated_at: showTime(updatedAtMs) } : value,
    ]),
  )
}

/** The ids of a profile by type and value: their times may still change, by events that come late. */
export function listIds({ ids }: ProfileView, include: ReadonlySet<string> | null): ViewId[] {
  return ids
    .filter(({ type }) => include?.has(type) ?? true)
    .sort((one, other) => compare(one.type, other.type) || compare(one.value, other.value))
}

type ViewId = ProfileView['ids'][number]

/** Where an id stands in its list. */
export const placeId = ({ type, value }: ViewId): Place => [type, value]

/** An id with the event that brought it. */
export function showId(id: ViewId): object {
  return {
    source_id: id.source,
    ...showBareId(id),
    created_at: showTime(id.atMs),
    first_message_id: id.messageId,
  }
}

/** An id alone. */
export const showBareId = ({ collection, type, value }: ViewId): WireId => ({
  collection,
  id: value,
  type,
  encoding: 'none',
})

/** The event by which a profile was last seen. */
export interface LastSeen {
  readonly messageId: string
  readonly sourceId: string
}

/** Nothing expires, so `expires_at` is null, as it is in Segment's example. */
export function showMetadata(view: ProfileView, last: LastSeen | null): object {
  const byTime = [...view.ids].sort((one, other) => one.atMs - other.atMs)
  const [first, known] = [byTime.at(0), byTime.at(-1)]
  return {
    created_at: showTime(view.createdAtMs),
    updated_at: showTime(view.updatedAtMs),
    expires_at: null,
    first_message_id: first?.messageId ?? null,
    first_source_id: first?.source ?? null,
    last_message_id: last?.messageId ?? known?.messageId ?? null,
    last_source_id: last?.sourceId ?? known?.source ?? null,
  }
}

/** A person's groups by their ids, each once, as the first event told it. */
export function listGroups({ groups }: ProfileView): NewsGroup[] {
  const first = new Map<string, NewsGroup>()
  for (const group of groups) {
    const known = first.get(group.groupId)
    if (known === undefined || group.atMs < known.atMs) first.set(group.groupId, group)
  }
  return [...first.values()].sort((one, other) => compare(one.groupId, other.groupId))
}

/** A link to an account. */
export function showLink({ groupId, source, atMs }: NewsGroup): object {
  const id = {
    id: groupId,
    type: 'group_id',
    source_id: source,
    collection: 'accounts',
    created_at: showTime(atMs),
    encoding: 'none',
  }
  return { to_collection: 'accounts', external_ids: [id] }
}

/** Whether a profile holds an id exactly as an event says it. */
export function holds(ids: readonly NewsId[], type: string, value: unknown): boolean {
  return ids.some((id) => id.type === type && id.value === value)
}

const showTime = (ms: number) => new Date(ms).toISOString()

const compare = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0)
