import { readChannel } from './channel.ts'
import type { IpPolicy } from './ip-policy.ts'
import type { JsonObject } from './json.ts'
import { assignMessageId } from './message-id.ts'
import type { RequestFacts } from './request-facts.ts'
import type { ValidEvent } from './schema.ts'
import { stampContext } from './stamp-context.ts'

/** ISO 8601 with nanoseconds and offset has 35 characters. */
const MAX_TIME_LENGTH = 64

/** What the server knows of a request, once for all of its events. */
export interface Stamp {
  /** When the request arrived, before its body was read: a stalled upload shifts no clock. */
  readonly receivedAt: Date
  /** The envelope's `sentAt`: one for every item of a batch. */
  readonly sentAt: unknown
  readonly facts: RequestFacts
  /** What the source keeps of addresses. */
  readonly ipPolicy: IpPolicy
  /** A new message id, for events that come without one. */
  readonly newMessageId: () => string
}

/** An event as the archive holds it: the client's fields, Segment's four times, and its origin. */
export interface CollectedEvent extends JsonObject {
  readonly messageId: string
  readonly receivedAt: string
  readonly timestamp: string
}

/** Stamps times, id and origin; `timestamp` is corrected by the client's clock skew (contract, section 2.5). */
export function stampEvent(event: ValidEvent, stamp: Stamp): CollectedEvent {
  const {
    timestamp: ownTime,
    originalTimestamp: otherTime,
    sentAt: ownSentAt,
    receivedAt: _,
    context: ownContext,
    ...rest
  } = assignMessageId(event, stamp.newMessageId)
  const { facts, ipPolicy } = stamp
  const timestamp = ownTime ?? otherTime // Rudder's browser SDK names it as we store it
  const sentAt = readSentAt(stamp.sentAt) ?? readSentAt(ownSentAt)
  const channel = readChannel(event, facts.isClientPath)
  const context = stampContext(ownContext, { channel, facts, ipPolicy })
  return {
    ...rest,
    ...(context === undefined ? {} : { context }),
    ...(isGiven(event.channel) ? {} : { channel }),
    ...(isGiven(timestamp) ? { originalTimestamp: timestamp } : {}),
    ...(sentAt === undefined ? {} : { sentAt }),
    receivedAt: stamp.receivedAt.toISOString(),
    timestamp: correctSkew(timestamp, sentAt, stamp.receivedAt),
  }
}

/** A time is a short text: whatever else stands there would be copied into every event of a batch. */
export function readSentAt(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= MAX_TIME_LENGTH ? value : undefined
}

/** `receivedAt − (sentAt − timestamp)`; an import without `sentAt` keeps its own time. */
function correctSkew(timestamp: unknown, sentAt: unknown, receivedAt: Date): string {
  const original = readTime(timestamp)
  if (original === null) return receivedAt.toISOString()
  const sent = readTime(sentAt)
  if (sent === null) return String(timestamp)
  const corrected = new Date(receivedAt.getTime() - (sent - original))
  return Number.isNaN(corrected.getTime()) ? receivedAt.toISOString() : corrected.toISOString()
}

function readTime(value: unknown): number | null {
  if (typeof value !== 'string') return null
  const time = Date.parse(value)
  return Number.isNaN(time) ? null : time
}

const isGiven = (value: unknown) => value !== undefined && value !== null
