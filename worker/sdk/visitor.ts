/** What a request says of its visitor: the cookie that analytics.js reads, and ours. */
export interface SeenCookies {
  readonly readable: string | null
  readonly master: string | null
}

/** The id of a visitor, and whether analytics.js has to be told it. */
export interface Visitor {
  readonly id: string
  readonly isToldToBrowser: boolean
}

/** Longest id that is kept; those of analytics.js have 36 characters. */
const MAX_ID_LENGTH = 255

/**
 * Whose browser this is. What analytics.js wrote counts before ours: it knows of `reset()` and of an id
 * that the page has set.
 */
export function decideVisitor(seen: SeenCookies, newId: () => string): Visitor {
  const readable = readId(seen.readable)
  if (readable !== null) return { id: readable, isToldToBrowser: false }
  return { id: readId(seen.master) ?? newId(), isToldToBrowser: true }
}

/** analytics.js before 2.0 wrote ids in quotes. */
function readId(value: string | null): string | null {
  const id = value?.replace(/^"(.*)"$/, '$1') ?? ''
  return id === '' || id.length > MAX_ID_LENGTH ? null : id
}
