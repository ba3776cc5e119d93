import type { JsonObject } from './client-journey.ts'

/** How an event that was handed to analytics.js fared. */
export interface SentContext {
  readonly event: JsonObject
  logs(): readonly { readonly level: string }[]
}

/** What this page uses of analytics.js. */
export interface Sdk {
  page(): Promise<SentContext>
  track(event: string, properties: JsonObject): Promise<SentContext>
  identify(userId: string, traits: JsonObject): Promise<SentContext>
  reset(): void
  user(): { id(): string | null | undefined }
}

export interface SdkOptions {
  /** Path of the script, with the write key inside. */
  readonly script: string
  /** Called with each event just before it is sent. */
  readonly onSend: (event: JsonObject) => void
}

interface Middleware {
  readonly payload: { readonly obj: JsonObject }
  next(payload: Middleware['payload']): void
}

declare global {
  interface Window {
    analytics: unknown
  }
}

/** Longer than this it only takes if its settings cannot be had. */
const START_LIMIT_MS = 10_000
/** Who looks on should not wait for company: each event goes by itself. */
const EACH_AT_ONCE = { 'Segment.io': { deliveryStrategy: { strategy: 'standard' } } }

/**
 * Loads Segment's own analytics.js from our origin. As with the usual snippet, `window.analytics`
 * is first an array of calls that the script finds and makes. Rejects if the script does not start.
 */
export function loadSdk({ script: path, onSend }: SdkOptions): Promise<Sdk> {
  const { promise, resolve, reject } = Promise.withResolvers<Sdk>()
  const middleware = ({ payload, next }: Middleware) => {
    onSend(payload.obj)
    next(payload)
  }
  const calls = [
    ['addSourceMiddleware', middleware],
    ['ready', () => resolve(window.analytics as Sdk)], // the script has put itself in the place
  ]
  window.analytics = Object.assign(calls, { _loadOptions: { integrations: EACH_AT_ONCE } })
  const script = document.createElement('script')
  script.src = path
  script.onerror = () => reject(new Error(`${path} did not load`))
  document.head.append(script)
  setTimeout(() => reject(new Error('analytics.js did not start')), START_LIMIT_MS)
  return promise
}
