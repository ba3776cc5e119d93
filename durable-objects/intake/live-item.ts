import { isJsonObject, type JsonObject } from '../../worker/event/json.ts'
import type { Segment, SegmentItem } from '../../worker/event/segment.ts'

/** An item of a commit as watchers see it; it is read no further than they ask, and once for all of them. */
export class LiveItem {
  readonly #item: SegmentItem
  readonly #receivedAtMs: number
  #text: string | undefined
  #fields: JsonObject | null | undefined
  #encoded: string | undefined

  constructor(item: SegmentItem, receivedAtMs: number) {
    this.#item = item
    this.#receivedAtMs = receivedAtMs
  }

  get ids(): Pick<SegmentItem, 'userHash' | 'anonymousHash'> {
    return this.#item
  }

  /** What the event says, or null: a duplicate has no line, a discard's sample may be no object. */
  get fields(): JsonObject | null {
    if (this.#fields === undefined) {
      const value = parse(this.#line)
      this.#fields = isJsonObject(value) ? value : null
    }
    return this.#fields
  }

  /** The item as JSON. A line stands there as it is, so that long numbers keep all of their digits. */
  get encoded(): string {
    this.#encoded ??= this.#encode()
    return this.#encoded
  }

  get #line(): string {
    this.#text ??= new TextDecoder().decode(this.#item.line).trimEnd()
    return this.#text
  }

  #encode(): string {
    const { kind } = this.#item
    const receivedAt = new Date(this.#receivedAtMs).toISOString()
    const isDiscard = kind !== 'event' && kind !== 'duplicate'
    const head = isDiscard ? { kind: 'discard', reason: kind, receivedAt } : { kind, receivedAt }
    const event = isDiscard ? encodeSample(this.#line) : this.#line || 'null'
    return `${JSON.stringify(head).slice(0, -1)},"event":${event}}`
  }
}

/** The items of segments as a log row holds them, in its order. */
export function readLiveItems(segments: readonly Segment[]): LiveItem[] {
  return segments.flatMap(({ items, receivedAtMs }) =>
    items.map((item) => new LiveItem(item, receivedAtMs)),
  )
}

/** A sample was cut at some byte: what is no JSON any more is shown as text. */
function encodeSample(sample: string): string {
  if (sample === '') return 'null'
  return parse(sample) === undefined ? JSON.stringify(sample) : sample
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
