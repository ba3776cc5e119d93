import { type Item, readItem } from './envelope.ts'
import type { JsonObject } from './json.ts'

/** Who a link's events are of, if it does not say so itself. */
export interface LinkVisitor {
  /** From the cookie of analytics.js, if the browser sent it. */
  readonly anonymousId: string | null
  readonly newAnonymousId: () => string
  /** Whether a machine followed the link in a person's place. */
  readonly isAutomated: boolean
}

const TRAIT = 'ajs_trait_'
const PROPERTY = 'ajs_prop_'

/**
 * The calls of a link's `ajs_*` parameters, in the order of analytics.js: the anonymous id, then
 * identify, then track. A machine identifies nobody: that call becomes a discard.
 */
export function readQuerystring(query: URLSearchParams, visitor: LinkVisitor): Item[] {
  const userId = readLast(query, 'ajs_uid')
  const event = readLast(query, 'ajs_event')
  const anonymousId =
    readLast(query, 'ajs_aid') ??
    visitor.anonymousId ??
    (userId === null ? visitor.newAnonymousId() : null)
  const ids = {
    ...(userId === null ? {} : { userId }),
    ...(anonymousId === null ? {} : { anonymousId }),
  }
  const items: Item[] = []
  if (userId !== null) {
    const identify = { type: 'identify', ...ids, traits: readPrefixed(query, TRAIT) }
    items.push(
      visitor.isAutomated
        ? { kind: 'discard', reason: 'identify_by_automation', value: identify }
        : readItem(identify),
    )
  }
  if (event !== null) {
    items.push(
      readItem({ type: 'track', event, ...ids, properties: readPrefixed(query, PROPERTY) }),
    )
  }
  return items
}

/** The last of several of a name counts; an empty one is none. */
function readLast(query: URLSearchParams, name: string): string | null {
  return query.getAll(name).at(-1) || null
}

function readPrefixed(query: URLSearchParams, prefix: string): JsonObject {
  const fields = [...query].filter(([name]) => name.startsWith(prefix) && name !== prefix)
  return Object.fromEntries(fields.map(([name, value]) => [name.slice(prefix.length), value]))
}
