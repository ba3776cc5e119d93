import * as v from 'valibot'

/** Where a list goes on: `next` is empty at its end. */
export interface Cursor {
  readonly url: string
  readonly has_more: boolean
  readonly next: string
  readonly limit: number
}

/** A list in an order that never changes, and which part of it is wanted. */
export interface PageQuery {
  readonly limit: number
  /** The place of the first item wanted; null begins with the first there is. */
  readonly from: Place | null
}

/** Where an item stands: compared part by part, texts by code unit. */
export type Place = readonly (string | number)[]

/** How many items a list gives if nobody says, and at most. */
export interface Limits {
  readonly fallback: number
  readonly max: number
}

/** A fault names its parameter. */
export interface Fault {
  readonly fault: string
}

const Parts = v.array(v.union([v.string(), v.number()]))

/** Reads `limit` and `next`; `length` is how many parts the places of this list have. */
export function parsePage(
  query: { readonly limit?: string; readonly next?: string },
  limits: Limits,
  length: number,
): PageQuery | Fault {
  const limit = query.limit ? Number(query.limit) : limits.fallback
  if (!/^\d*$/.test(query.limit ?? '') || limit < 1 || limit > limits.max) {
    return { fault: `The parameter \`limit\` must be a whole number from 1 to ${limits.max}.` }
  }
  if (!query.next) return { limit, from: null }
  const from = decodePlace(query.next)
  if (from?.length === length) return { limit, from }
  return { fault: 'The parameter `next` is no cursor of this list.' }
}

/** The items of a page, and where the next one begins: at an item, so that new ones move nothing. */
export function cutPage<T>(
  sorted: readonly T[],
  placeOf: (item: T) => Place,
  { limit, from }: PageQuery,
): { readonly items: readonly T[]; readonly next: string } {
  const start =
    from === null ? 0 : sorted.findIndex((item) => comparePlaces(placeOf(item), from) >= 0)
  if (start === -1) return { items: [], next: '' }
  const following = sorted[start + limit]
  const next = following === undefined ? '' : encodePlace(placeOf(following))
  return { items: sorted.slice(start, start + limit), next }
}

/** The cursor of an answer; its URL is that of the next page, or of this one if it is the last. */
export function showCursor(url: URL, { limit, next }: { limit: number; next: string }): Cursor {
  const query = new URLSearchParams(url.search)
  if (next !== '') query.set('next', next)
  const text = query.toString()
  return {
    url: url.pathname + (text === '' ? '' : `?${text}`),
    has_more: next !== '',
    next,
    limit,
  }
}

/** Orders two places. */
export function comparePlaces(one: Place, other: Place): number {
  const at = one.findIndex((part, index) => part !== other[index])
  const [left = '', right = ''] = [one[at], other[at]]
  return at === -1 ? 0 : left < right ? -1 : 1
}

/** A place as base64url of its JSON, whose escapes keep halves of characters apart. */
export function encodePlace(place: Place): string {
  const bytes = new TextEncoder().encode(JSON.stringify(place))
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  return btoa(binary).replace(/[+/=]/g, (sign) => ({ '+': '-', '/': '_' })[sign] ?? '')
}

/** Null if the text is no place. */
export function decodePlace(text: string): Place | null {
  try {
    const binary = atob(text.replace(/[-_]/g, (sign) => (sign === '-' ? '+' : '/')))
    const bytes = Uint8Array.from(binary, (sign) => sign.charCodeAt(0))
    const parsed = v.safeParse(Parts, JSON.parse(new TextDecoder().decode(bytes)))
    return parsed.success ? parsed.output : null
  } catch {
    return null
  }
}

/** The entries of a comma-separated list; null if there is none. */
export function parseList(text: string | undefined): ReadonlySet<string> | null {
  const entries = (text ?? '').split(',').filter((entry) => entry !== '')
  return entries.length === 0 ? null : new Set(entries)
}
