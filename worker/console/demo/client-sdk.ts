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
  readonly writeKey: string
  readonly origin: string
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
const SCRIPT = '/analytics-next/standalone.js'

/**
 * Loads Segment's own analytics.js from our origin. As with the usual snippet, `window.analytics`
 * is first an array of calls that the script finds and makes. Rejects if the script does not start.
 */
export function loadSdk({ writeKey, origin, onSend }: SdkOptions): Promise<Sdk> {
  const { host, protocol } = new URL(origin)
  const home = { apiHost: `${host}/v1`, protocol: protocol.slice(0, -1) }
  const { promise, resolve, reject } = Promise.withResolvers<Sdk>()
  const middleware = ({ payload, next }: Middleware) => {
    onSend(payload.obj)
    next(payload)
  }
  const calls = [
    ['addSourceMiddleware', middleware],
    ['ready', () => resolve(window.analytics as Sdk)], // the script has put itself in the place
  ]
  window.analytics = Object.assign(calls, {
    _writeKey: writeKey,
    _cdn: origin,
    _loadOptions: { integrations: { 'Segment.io': home } }, // wins over what the settings say
  })
  const script = document.createElement('script')
  script.src = SCRIPT
  script.onerror = () => reject(new Error(`${SCRIPT} did not load`))
  document.head.append(script)
  setTimeout(() => reject(new Error('analytics.js did not start')), START_LIMIT_MS)
  return promise
}
