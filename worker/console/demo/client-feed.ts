import { isJsonObject, type JsonObject } from './client-journey.ts'

/** How many events there were; received = archived + duplicates + discarded + on the way. */
export interface Totals {
  readonly received: number
  readonly archived: number
  readonly duplicates: number
  readonly discarded: number
  /** Why items were discarded, in Segment's words. */
  readonly reasons: { readonly [reason: string]: number }
}

/** One answer of the feed: what is new since the cursors of the answer before. */
export interface Feed {
  readonly archived: readonly { readonly chunk: string; readonly event: JsonObject }[]
  readonly delivered: readonly {
    readonly n: number
    readonly at: string
    readonly event: JsonObject
  }[]
  readonly totals: Totals
  readonly next: { readonly archived: string; readonly delivered: number }
}

export type FeedState = 'live' | 'retrying'

export interface FeedListener {
  onFeed(feed: Feed): void
  onState(state: FeedState): void
}

const VISIBLE_MS = 500
const HIDDEN_MS = 4000
const TIMEOUT_MS = 8000
const FIRST_RETRY_MS = 1000
const MAX_RETRY_MS = 8000

/** Polls the feed for as long as the page is open; slower while nobody looks. */
export async function pollFeed(listener: FeedListener): Promise<never> {
  let query = ''
  let retryMs = FIRST_RETRY_MS
  for (;;) {
    const feed = await readFeed(query)
    if (feed === null) {
      listener.onState('retrying')
      await pause(retryMs)
      retryMs = Math.min(retryMs * 2, MAX_RETRY_MS)
      continue
    }
    retryMs = FIRST_RETRY_MS
    query = `?${new URLSearchParams({ ...feed.next, delivered: String(feed.next.delivered) })}`
    listener.onState('live')
    listener.onFeed(feed)
    await pause(document.hidden ? HIDDEN_MS : VISIBLE_MS)
  }
}

async function readFeed(query: string): Promise<Feed | null> {
  try {
    const response = await fetch(`/demo/feed${query}`, { signal: AbortSignal.timeout(TIMEOUT_MS) })
    return response.ok ? parseFeed(await response.json()) : null
  } catch {
    return null // unreachable, or cut: the next poll asks for the same again
  }
}

/** The feed is ours; only its events are foreign, so only those are looked at. */
function parseFeed(value: unknown): Feed | null {
  if (!isJsonObject(value) || !isJsonObject(value.totals) || !isJsonObject(value.next)) return null
  const feed = value as unknown as Feed // of the server this page came from
  const hasEvent = ({ event }: { event: unknown }) => isJsonObject(event)
  return {
    ...feed,
    archived: feed.archived.filter(hasEvent),
    delivered: feed.delivered.filter(hasEvent),
  }
}

/** Waits; a page that is looked at again does not wait on. */
function pause(ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(finish, ms)
  document.addEventListener('visibilitychange', finish)
  function finish(): void {
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', finish)
    resolve()
  }
  return promise
}
