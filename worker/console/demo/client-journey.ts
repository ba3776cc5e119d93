export type JsonObject = { readonly [key: string]: unknown }

export interface Delivery {
  readonly n: number
  readonly atMs: number
  readonly event: JsonObject
}

export interface Archived {
  readonly chunk: string
  readonly event: JsonObject
  /** When a poll first saw it there; null for events older than this page. */
  readonly seenMs: number | null
}

/** What is known of an event's way, joined over its message id. Times are Unix milliseconds. */
export interface Journey {
  readonly messageId: string
  readonly event: JsonObject
  readonly startMs: number
  readonly answeredMs: number | null
  readonly archived: Archived | null
  readonly deliveries: readonly Delivery[]
  /** How often this page sent it. */
  readonly sendings: number
}

export type StepName = 'sent' | 'logged' | 'archived' | 'delivered'

export interface Step {
  readonly name: StepName
  readonly isReached: boolean
  readonly elapsedMs: number | null
  /** Seen by polling: it happened then or a little before. */
  readonly isAtMost: boolean
}

/** A `sentAt` further than this from `receivedAt` comes from a clock that is off. */
const MAX_TRANSIT_MS = 10_000

/** Begins with whatever is seen first: the event as sent, as archived or as delivered. */
export function startJourney(messageId: string, event: JsonObject, nowMs: number): Journey {
  const startMs = readStart(event) ?? nowMs
  const empty = { answeredMs: null, archived: null, deliveries: [], sendings: 0 }
  return { messageId, event, startMs, ...empty }
}

/** Adds what a destination received; the same number twice is the same delivery. */
export function withDelivery(journey: Journey, delivery: Delivery): Journey {
  if (journey.deliveries.some(({ n }) => n === delivery.n)) return journey
  return { ...journey, deliveries: [...journey.deliveries, delivery] }
}

/** The four steps of the way, with the time since the event was sent. */
export function listSteps(journey: Journey): readonly Step[] {
  const { startMs, answeredMs, archived, deliveries } = journey
  const deliveredMs = deliveries[0]?.atMs ?? null
  const isDelivered = deliveredMs !== null
  const isArchived = archived !== null || isDelivered
  const since = (atMs: number | null) => (atMs === null ? null : Math.max(0, atMs - startMs))
  return [
    { name: 'sent', isReached: true, elapsedMs: null, isAtMost: false },
    {
      name: 'logged',
      isReached: answeredMs !== null || isArchived,
      elapsedMs: since(answeredMs),
      isAtMost: false,
    },
    {
      name: 'archived',
      isReached: isArchived,
      elapsedMs: since(earlier(archived?.seenMs ?? null, deliveredMs)),
      isAtMost: true,
    },
    { name: 'delivered', isReached: isDelivered, elapsedMs: since(deliveredMs), isAtMost: false },
  ]
}

/** `850 ms`, `1.3 s`, `42 s`. */
export function formatElapsed(elapsedMs: number): string {
  if (elapsedMs < 1000) return `${Math.round(elapsedMs)} ms`
  const seconds = elapsedMs / 1000
  return seconds < 10 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`
}

/** A text field of an event, or null if it is absent or something else. */
export function readText(event: JsonObject, key: string): string | null {
  const value = event[key]
  return typeof value === 'string' && value !== '' ? value : null
}

/** A field that is itself an object; an empty one if it is absent or something else. */
export function readObject(event: JsonObject, key: string): JsonObject {
  const value = event[key]
  return isJsonObject(value) ? value : {}
}

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** An archive is read before it is delivered, so a delivery bounds the time it was archived. */
function earlier(seenMs: number | null, deliveredMs: number | null): number | null {
  if (seenMs === null || deliveredMs === null) return seenMs
  return Math.min(seenMs, deliveredMs)
}

function readStart(event: JsonObject): number | null {
  const received = readTime(event, 'receivedAt')
  const sent = readTime(event, 'sentAt')
  if (received === null) return sent
  const isPlausible = sent !== null && sent <= received && received - sent < MAX_TRANSIT_MS
  return isPlausible ? sent : received
}

function readTime(event: JsonObject, key: string): number | null {
  const time = Date.parse(readText(event, key) ?? '')
  return Number.isNaN(time) ? null : time
}
