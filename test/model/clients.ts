import { hashText } from '../../durable-objects/hash-text.ts'
import { intakeName } from '../../durable-objects/workspace/intake-name.ts'
import { UNVERIFIED } from '../../durable-objects/workspace/snapshot.ts'
import { encodeSegment, type Hash, type SegmentItem } from '../../worker/event/segment.ts'
import { facts } from '../support/facts.ts'
import { LATE_KEY, NOBODYS_KEY, type Platform, SHOP } from './platform.ts'

const RESEND_MS = 22 * 3_600_000

/** An item as a client means it. */
export interface SentItem {
  readonly messageId: string
  readonly kind: 'event' | 'event_not_defined'
  /** When its id was first used. */
  readonly sinceMs: number
}

/** A segment that clients sent, once or again and again. */
export interface Sent {
  readonly intake: string
  readonly writeKey: string
  readonly id: Hash
  readonly bytes: Uint8Array
  readonly items: readonly SentItem[]
  readonly sentMs: number
  /** When a client was first told that it is durable. */
  ackedMs: number | null
  /** Whether a copy of it may have gone through the spool: then its place in the log says nothing. */
  isSpooled: boolean
}

/** What clients sent and were told. */
export class Clients {
  readonly sent: Sent[] = []
  readonly #platform: Platform
  #ids = 0

  constructor(platform: Platform) {
    this.#platform = platform
  }

  newItem = (kind: SentItem['kind'] = 'event'): SentItem => ({
    messageId: `m${++this.#ids}`,
    kind,
    sinceMs: this.#platform.world.nowMs,
  })

  /** What may be sent again: ids are compared for 24 h. */
  repeatable(intake: string): Sent[] {
    const fromMs = this.#platform.world.nowMs - RESEND_MS
    return this.sent.filter(
      (sent) => sent.intake === intake && sent.items.every(({ sinceMs }) => sinceMs > fromMs),
    )
  }

  /** A new segment of the shop; `padding` makes each of its lines that long. */
  toShop(items: readonly SentItem[], padding = 0): Sent {
    return this.#encode(SHOP, SHOP, items, padding)
  }

  /** A new segment under a key that the edge does not know. */
  toUnverified(items: readonly SentItem[]): Sent {
    const writeKey = this.#platform.world.chance(0.7) ? LATE_KEY : NOBODYS_KEY
    return this.#encode(UNVERIFIED, writeKey, items, 0)
  }

  /** Sends segments for one Intake as a request does; what the client is told is written down. */
  async send(segments: readonly Sent[]): Promise<void> {
    const [first] = segments
    if (first === undefined) return
    const { world, product } = this.#platform
    const reach = <T>(kind: string, what: string, land: () => T | Promise<T>) => {
      if (kind === 'spool') for (const each of segments) each.isSpooled = true
      return world.call(kind, what, land)
    }
    const answer = await product.writeGroup(this.#platform.env(reach), {
      intake: first.intake,
      segments: segments.map(({ bytes }) => bytes),
      isUrgent: world.chance(0.2),
    })
    const names = segments.map(({ items }) => items.map((each) => each.messageId).join('+'))
    world.log(`client told ${answer}: ${first.intake} ${names.join(' ')}`)
    if (answer === 'durable') for (const each of segments) each.ackedMs ??= world.nowMs
  }

  #encode(source: string, writeKey: string, items: readonly SentItem[], padding: number): Sent {
    const id = hashText(`segment ${++this.#ids}`)
    const sentMs = this.#platform.world.nowMs
    const known = {
      id,
      source,
      receivedAtMs: sentMs,
      items: items.map((item) => encode(item, source, padding)),
    }
    const unverified = { writeKey, sentAt: null, facts: facts() }
    const bytes = encodeSegment(source === UNVERIFIED ? { ...known, unverified } : known)
    const intake = intakeName(source)
    const sent = { intake, writeKey, id, bytes, items, sentMs, ackedMs: null, isSpooled: false }
    this.sent.push(sent)
    return sent
  }
}

function encode({ messageId, kind }: SentItem, source: string, padding: number): SegmentItem {
  const event = { type: 'track', event: 'x', userId: `u-${messageId}`, messageId }
  const padded = padding === 0 ? event : { ...event, padding: 'x'.repeat(padding) }
  const line = new TextEncoder().encode(`${JSON.stringify(padded)}\n`)
  const isKnown = source !== UNVERIFIED
  return {
    kind,
    line,
    messageHash: isKnown ? hashText(`${source}\0${messageId}`) : 0n,
    userHash: isKnown ? hashText(`userId:u-${messageId}`) : 0n,
    anonymousHash: 0n,
  }
}
