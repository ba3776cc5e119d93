import type { DiscardReason } from '../../worker/event/discard.ts'
import type { Segment } from '../../worker/event/segment.ts'

/** How the items of some commits ended: `received` = events + duplicates + discards + forwarded. */
export interface Counts {
  readonly events: number
  readonly duplicates: number
  readonly discards: { readonly [reason in DiscardReason]?: number }
  /** Items of an unknown key that went on to the Intake of their source; they are counted there too. */
  readonly forwarded: number
}

export const NO_COUNTS: Counts = { events: 0, duplicates: 0, discards: {}, forwarded: 0 }

/** Counts the items of decoded segments. */
export function countItems(segments: readonly Pick<Segment, 'items'>[]): Counts {
  let events = 0
  let duplicates = 0
  const discards: { [reason in DiscardReason]?: number } = {}
  for (const { kind } of segments.flatMap(({ items }) => items)) {
    if (kind === 'event') events += 1
    else if (kind === 'duplicate') duplicates += 1
    else discards[kind] = (discards[kind] ?? 0) + 1
  }
  return { events, duplicates, discards, forwarded: 0 }
}

/** The sum of two counts. */
export const addCounts = (one: Counts, other: Counts): Counts => combine(one, other, 1)

/** What is left of counts without others that they contain. */
export const subtractCounts = (one: Counts, other: Counts): Counts => combine(one, other, -1)

function combine(one: Counts, other: Counts, sign: 1 | -1): Counts {
  const discards = { ...one.discards }
  for (const [reason, count] of Object.entries(other.discards) as [DiscardReason, number][]) {
    discards[reason] = (discards[reason] ?? 0) + sign * count
    if (discards[reason] === 0) delete discards[reason]
  }
  return {
    events: one.events + sign * other.events,
    duplicates: one.duplicates + sign * other.duplicates,
    discards,
    // Rows of an earlier version do not have it.
    forwarded: (one.forwarded ?? 0) + sign * (other.forwarded ?? 0),
  }
}

/** All items discarded, whatever the reason. */
export function sumDiscards({ discards }: Pick<Counts, 'discards'>): number {
  return Object.values(discards).reduce((sum, count) => sum + count, 0)
}
