import type { Feed } from './client-feed.ts'
import {
  type Archived,
  type Delivery,
  type Journey,
  type JsonObject,
  readText,
  startJourney,
  withDelivery,
} from './client-journey.ts'

/** Older ones are forgotten; twice what the list shows. */
const MAX_JOURNEYS = 100

export type JourneyListener = (journey: Journey, before: Journey | null) => void

/** The events this page knows, by message id; tells a listener of each change. */
export class Journeys {
  readonly #byId = new Map<string, Journey>()
  /** A delivery may be seen before the event is: it waits for it. */
  readonly #early = new Map<string, readonly Delivery[]>()
  readonly #onChange: JourneyListener
  #hasSeenFeed = false

  constructor(onChange: JourneyListener) {
    this.#onChange = onChange
  }

  get(messageId: string): Journey | null {
    return this.#byId.get(messageId) ?? null
  }

  /** The event leaves this page, for the first time or once more. */
  addSent(event: JsonObject): void {
    const messageId = readText(event, 'messageId')
    if (messageId === null) return
    const known = this.get(messageId) ?? startJourney(messageId, event, Date.now())
    this.#set({ ...known, sendings: known.sendings + 1 })
  }

  /** The collector answered 200: the event is in the log. */
  addAnswered(messageId: string): void {
    const known = this.get(messageId)
    if (known !== null && known.answeredMs === null) this.#set({ ...known, answeredMs: Date.now() })
  }

  addFeed(feed: Feed): void {
    const seenMs = this.#hasSeenFeed ? Date.now() : null
    this.#hasSeenFeed = true
    for (const { chunk, event } of feed.archived) this.#addArchived({ chunk, event, seenMs })
    for (const { n, at, event } of feed.delivered) {
      this.#addDelivery({ n, atMs: Date.parse(at), event })
    }
  }

  #addArchived(archived: Archived): void {
    const { event } = archived
    const messageId = readText(event, 'messageId')
    if (messageId === null) return
    const known = this.get(messageId) ?? startJourney(messageId, event, Date.now())
    if (known.archived !== null) return
    const seenMs = this.#seen(known, archived.seenMs)
    const early = this.#early.get(messageId) ?? []
    this.#early.delete(messageId)
    this.#set(early.reduce(withDelivery, { ...known, event, archived: { ...archived, seenMs } }))
  }

  #addDelivery(delivery: Delivery): void {
    const messageId = readText(delivery.event, 'messageId')
    if (messageId === null) return
    const known = this.get(messageId)
    if (known !== null) this.#set(withDelivery(known, delivery))
    else this.#early.set(messageId, [...(this.#early.get(messageId) ?? []), delivery])
  }

  /** What this page sent it also saw arrive, even in its first poll. */
  #seen(journey: Journey, seenMs: number | null): number | null {
    return seenMs ?? (journey.sendings > 0 ? Date.now() : null)
  }

  #set(journey: Journey): void {
    const before = this.get(journey.messageId)
    if (before === journey) return
    this.#byId.set(journey.messageId, journey)
    const [oldest] = this.#byId.keys()
    if (this.#byId.size > MAX_JOURNEYS && oldest !== undefined) this.#byId.delete(oldest)
    this.#onChange(journey, before)
  }
}
