/** An event as text, in two parts: its message id belongs between them. */
export interface EventText {
  readonly head: string
  readonly tail: string
}

/** One request, ready to be sent. */
export interface ReadyRequest {
  readonly path: string
  readonly body: Uint8Array
}

/** Which requests to make. */
export interface Making {
  readonly texts: readonly EventText[]
  readonly eventsPerRequest: number
  readonly requests: number
  readonly writeKey: string
  /** Numbers of message ids from here on. */
  readonly firstId: number
}

/** Message ids are this and a number of NUMBER_DIGITS digits. */
export const ID_PREFIX = 'speed-'
const NUMBER_DIGITS = 10
const HOLE = '\u{1F573}'
const encoder = new TextEncoder()

/** Cuts an event where its message id belongs; what it had for one goes. */
export function cutEvent(event: object): EventText {
  const { writeKey: _, ...rest } = event as { writeKey?: unknown }
  const [head = '', tail = ''] = JSON.stringify({ ...rest, messageId: HOLE }).split(HOLE)
  return { head, tail }
}

/** The message id of a number: all have the same length. */
export const messageIdOf = (number: number): string =>
  `${ID_PREFIX}${String(number).padStart(NUMBER_DIGITS, '0')}`

/** Requests in which no two events have one message id; the texts are used again when they are over. */
export function makeReadyRequests(making: Making): ReadyRequest[] {
  const { texts, eventsPerRequest, requests, writeKey, firstId } = making
  const key = `"writeKey":${JSON.stringify(writeKey)}`
  const eventOf = (number: number): string => {
    const { head = '', tail = '' } = texts[number % texts.length] ?? {}
    return `${head}${messageIdOf(number)}${tail}`
  }
  return Array.from({ length: requests }, (_, index) => {
    const first = firstId + index * eventsPerRequest
    if (eventsPerRequest === 1) {
      return { path: '/v1/t', body: encoder.encode(`{${key},${eventOf(first).slice(1)}`) }
    }
    const events = Array.from({ length: eventsPerRequest }, (_, n) => eventOf(first + n))
    return { path: '/v1/batch', body: encoder.encode(`{"batch":[${events.join()}],${key}}`) }
  })
}
