import * as v from 'valibot'
import { EVENT_TYPES } from '../../worker/event/schema.ts'
import type { Hash } from '../../worker/event/segment.ts'
import type { LiveItem } from './live-item.ts'

/** A socket's attachment holds at most 2,048 bytes, and a character has two. */
const MAX_FILTER_CHARACTERS = 256

const text = v.nullish(
  v.pipe(
    v.string('must be a text'),
    v.maxLength(MAX_FILTER_CHARACTERS, `has more than ${MAX_FILTER_CHARACTERS} characters`),
  ),
  null,
)

const Filters = v.strictObject(
  {
    type: v.optional(
      v.array(
        v.picklist(EVENT_TYPES, `must be one of ${EVENT_TYPES.join(', ')}`),
        `must be a list of ${EVENT_TYPES.join(', ')}`,
      ),
      [],
    ),
    name: text,
    user: text,
  },
  ({ expected }) => (expected === 'never' ? 'is no filter' : 'must be an object'),
)
const Message = v.strictObject({ filters: Filters }, ({ expected }) =>
  expected === 'never' ? 'is not known' : 'must be {"filters":{…}}',
)

/**
 * What a watcher wants to see; nothing given means everything. `type`: one of these. `name`: within the name of
 * an event or a page, in any case. `user`: the user id or anonymous id.
 */
export type LiveFilters = v.InferOutput<typeof Filters>

/** Filters, or what is wrong with them. */
export type ParsedFilters = { readonly filters: LiveFilters } | { readonly fault: string }

/** Checks filters as a query or an object gives them. */
export function parseFilters(value: unknown): ParsedFilters {
  const parsed = v.safeParse(Filters, value)
  return parsed.success ? { filters: parsed.output } : { fault: describe(parsed.issues[0]) }
}

/** Reads what a watcher says to change its filters: `{"filters":{…}}`, all of them anew. */
export function parseFilterMessage(message: string): ParsedFilters {
  let value: unknown
  try {
    value = JSON.parse(message)
  } catch {
    return { fault: 'the message is not JSON' }
  }
  const parsed = v.safeParse(Message, value)
  return parsed.success ? parsed.output : { fault: describe(parsed.issues[0]) }
}

/**
 * Whether an item is wanted. What is not known of it does not match: a duplicate has no line, so only its user is
 * known, by the hash; a discard's sample may be cut.
 */
export function isWanted(
  item: LiveItem,
  { type, name, user }: LiveFilters,
  hash: (text: string) => Hash,
): boolean {
  if (type.length > 0 && !type.some((each) => each === item.fields?.type)) return false
  if (name && !names(item).includes(name.toLowerCase())) return false
  return !user || isOf(item, user, hash)
}

function names({ fields }: LiveItem): string {
  const given = [fields?.event, fields?.name].filter((each) => typeof each === 'string')
  return given.join('\n').toLowerCase()
}

function isOf({ fields, ids }: LiveItem, user: string, hash: (text: string) => Hash): boolean {
  if (fields !== null) return fields.userId === user || fields.anonymousId === user
  return (
    ids.userHash === hash(`userId:${user}`) || ids.anonymousHash === hash(`anonymousId:${user}`)
  )
}

function describe(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue)
  return path === null ? `the message ${issue.message}` : `${path} ${issue.message}`
}
