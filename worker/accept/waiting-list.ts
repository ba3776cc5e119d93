import { groupBySize } from '../event/group-by-size.ts'

/** Most bytes of a group, unless one request alone has more: the Intake writes that many at once. */
export const MAX_GROUP_BYTES = 262_144

/** A group's way takes up to 10 s (write-group.ts); beyond this its request was cut off. */
export const GIVE_UP_MS = 12_000

const LONGEST_POLL_MS = 8

/** Whether segments are on disk, or could not be put there in time. */
export type Appended = 'durable' | 'unavailable'

/** The segments of a request, on their way to an Intake. */
export interface Entry {
  readonly segments: readonly Uint8Array[]
  readonly isUrgent: boolean
  readonly state: 'waiting' | 'sent' | 'durable' | 'failed'
  /** Since when it waits; once it is sent, since when that is. */
  readonly sinceMs: number
}

/** Entries sent by one call. */
export interface Group {
  readonly entries: readonly Entry[]
  readonly sinceMs: number
}

/** What the request of an entry does now; who leads sends the group and settles it. */
export type Step =
  | { readonly kind: 'answer'; readonly appended: Appended }
  | { readonly kind: 'lead'; readonly group: Group }
  | { readonly kind: 'wait' }

const UNAVAILABLE: Step = { kind: 'answer', appended: 'unavailable' }
const WAIT: Step = { kind: 'wait' }

type OpenEntry = { -readonly [Field in keyof Entry]: Entry[Field] }

/**
 * What an isolate's requests have for one Intake: at most one group is under way, and what comes
 * meanwhile waits for the next. Plain data, because workerd fails promises that requests share: each
 * request asks for its next step by itself, and any of them may be cut off between two.
 */
export class WaitingList {
  #waiting: OpenEntry[] = []
  #underWay: Group | null = null

  /** Adds the segments of a request. */
  join({ segments, isUrgent }: Pick<Entry, 'segments' | 'isUrgent'>, nowMs: number): Entry {
    const entry: OpenEntry = { segments, isUrgent, state: 'waiting', sinceMs: nowMs }
    this.#waiting.push(entry)
    return entry
  }

  /** Decides what the request of an entry does; the first that sees no leader leads the oldest. */
  step(entry: Entry, nowMs: number): Step {
    switch (entry.state) {
      case 'durable':
        return { kind: 'answer', appended: 'durable' }
      case 'failed':
        return UNAVAILABLE
      case 'sent':
        return isOver(entry, nowMs) ? UNAVAILABLE : WAIT
      case 'waiting':
        if (isOver(entry, nowMs)) return UNAVAILABLE
        if (this.#underWay !== null && !isOver(this.#underWay, nowMs)) return WAIT
        return { kind: 'lead', group: this.#take(nowMs) }
    }
  }

  /** Tells the requests of a group how it ended; a leader long replaced ends no group but its own. */
  settle(group: Group, appended: Appended): void {
    // Entries are writable here alone.
    for (const entry of group.entries as readonly OpenEntry[]) {
      entry.state = appended === 'durable' ? 'durable' : 'failed'
    }
    if (this.#underWay === group) this.#underWay = null
  }

  /** Takes the oldest; entries that are over were answered, or their request was cut off: they go. */
  #take(nowMs: number): Group {
    const waiting = this.#waiting.filter((entry) => !isOver(entry, nowMs))
    const [entries = []] = groupBySize(waiting, MAX_GROUP_BYTES, bytesOf)
    this.#waiting = waiting.slice(entries.length)
    for (const entry of entries) {
      entry.state = 'sent'
      entry.sinceMs = nowMs
    }
    this.#underWay = { entries, sinceMs: nowMs }
    return this.#underWay
  }
}

/** Milliseconds until a request looks again, by how often it has looked. */
export const pollMs = (polls: number): number => Math.min(2 ** polls, LONGEST_POLL_MS)

const isOver = ({ sinceMs }: { readonly sinceMs: number }, nowMs: number) =>
  nowMs - sinceMs >= GIVE_UP_MS

const bytesOf = ({ segments }: Entry) => segments.reduce((sum, { length }) => sum + length, 0)
