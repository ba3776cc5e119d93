import { seededRandom } from './seeded-random.ts'

/** How a workload sends: the reference workload of the bill at 1, 10 or 50 events a request. */
export interface Shape {
  readonly eventsPerRequest: 1 | 10 | 50
  readonly eventsPerSession: number
  /** Browsers load their settings once a session, servers do not. */
  readonly isBrowser: boolean
}

export const SHAPES: readonly Shape[] = [
  { eventsPerRequest: 1, eventsPerSession: 8, isBrowser: true },
  { eventsPerRequest: 10, eventsPerSession: 40, isBrowser: true },
  { eventsPerRequest: 50, eventsPerSession: 40, isBrowser: false },
]

export const VISITORS = 20_000
export const REQUESTS_PER_SECOND = 200
const KNOWN_SHARE = 0.3
/** Of the known visitors one in so many is linked for the first time. */
const KNOWN_PER_NEW = 5
const EARLIER_EVENTS_PER_REQUEST = 50
const NAMES = ['Product Viewed', 'Product Added', 'Cart Viewed', 'Order Completed']

/** One request of a workload: a call or a batch, or without a body the settings of a session. */
export interface WorkloadRequest {
  readonly path: string
  readonly body: object | null
  readonly events: number
}

/** The requests of a workload, in order; the same seed gives the same bytes. */
export function* makeRequests(
  shape: Shape,
  workload: { visitors: number; seed: number; writeKey: string },
): Generator<WorkloadRequest> {
  const { writeKey } = workload
  let waiting: object[] = []
  for (const { events } of makeVisits(shape, workload)) {
    if (shape.isBrowser) yield { path: `/v1/projects/${writeKey}/settings`, body: null, events: 0 }
    for (const event of events) {
      waiting.push(event)
      if (waiting.length < shape.eventsPerRequest) continue
      yield toRequest(waiting, writeKey)
      waiting = []
    }
  }
  if (waiting.length > 0) yield toRequest(waiting, writeKey)
}

function* makeVisits(
  { eventsPerSession }: Shape,
  { visitors, seed }: { visitors: number; seed: number },
) {
  const random = seededRandom(seed)
  for (let visitor = 0; visitor < visitors; visitor += 1) {
    const userId = random() < KNOWN_SHARE ? `user-${visitor}` : null
    const events = Array.from({ length: eventsPerSession }, (_, n) =>
      makeEvent({ visitor, n, userId, random }),
    )
    yield { events }
  }
}

/** What links the visitors of a workload who return: an identify call of an earlier visit of each. */
export function* makeEarlierRequests(
  shape: Shape,
  workload: { visitors: number; seed: number; writeKey: string },
): Generator<WorkloadRequest> {
  let known = 0
  let waiting: object[] = []
  for (const { events } of makeVisits(shape, workload)) {
    for (const event of events) {
      if (event.type !== 'identify' || known++ % KNOWN_PER_NEW === 0) continue
      waiting.push({ ...event, messageId: `${event.messageId}-earlier` })
    }
    if (waiting.length < EARLIER_EVENTS_PER_REQUEST) continue
    yield toRequest(waiting, workload.writeKey)
    waiting = []
  }
  if (waiting.length > 0) yield toRequest(waiting, workload.writeKey)
}

function toRequest(events: readonly object[], writeKey: string): WorkloadRequest {
  const [event] = events
  return events.length === 1
    ? { path: '/v1/t', body: { ...event, writeKey }, events: 1 }
    : { path: '/v1/batch', body: { batch: events, writeKey }, events: events.length }
}

interface EventSource {
  readonly visitor: number
  readonly n: number
  readonly userId: string | null
  readonly random: () => number
}

/** An event like analytics.js sends it: 0.95 kB on average, with its write key. */
function makeEvent({ visitor, n, userId, random }: EventSource) {
  const path = `/products/${Math.floor(random() * 900)}`
  const id = Math.floor(random() * 2 ** 48).toString(16)
  const isIdentify = n === 0 && userId !== null
  return {
    type: isIdentify ? 'identify' : 'track',
    event: NAMES[Math.floor(random() * NAMES.length)],
    messageId: `ajs-next-1795600000000-${visitor.toString(16)}-${n}-${id}`,
    anonymousId: `5f3c2a10-0000-4000-8000-${visitor.toString(16).padStart(12, '0')}`,
    userId,
    ...(isIdentify && { traits: { email: `visitor-${visitor}@example.com`, plan: 'free' } }),
    properties: {
      product_id: `sku-${Math.floor(random() * 900)}`,
      name: `Product ${Math.floor(random() * 900)}`,
      price: Math.floor(random() * 9_000) / 100,
      currency: 'EUR',
      quantity: 1 + Math.floor(random() * 3),
    },
    context: {
      page: {
        path,
        referrer: 'https://www.example.com/search?q=mill',
        search: '?utm_source=newsletter',
        title: 'Lower Mill, goods of the valley',
        url: `https://shop.example.com${path}?utm_source=newsletter`,
      },
      userAgent: 'Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0',
      locale: 'en-GB',
      timezone: 'Europe/Helsinki',
      library: { name: 'analytics.js', version: 'next-1.84.3' },
      campaign: { source: 'newsletter' },
    },
    integrations: { 'Segment.io': true },
    _metadata: { bundled: ['Segment.io'], unbundled: [], bundledIds: [] },
  }
}
