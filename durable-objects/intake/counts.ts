import type { DiscardReason } from '../../worker/event/discard.ts'
import type { Segment } from '../../worker/event/segment.ts'

/** How the items of some commits ended: `received` = events + duplicates + discards. */
export interface Counts {
  readonly events: number
  readonly duplicates: number
  readonly discards: { readonly [reason in DiscardReason]?: number }
}

export const NO_COUNTS: Counts = { events: 0, duplicates: 0, discards: {} }

/** Counts the items of decoded segments. */
export function countItems(segments: readonly Segment[]): Counts {
  let events = 0
  let duplicates = 0
  const discards: { [reason in DiscardReason]?: number } = {}
  for (const { kind } of segments.flatMap(({ items }) => items)) {
    if (kind === 'event') events += 1
    else if (kind === 'duplicate') duplicates += 1
    else discards[kind] = (discards[kind] ?? 0) + 1
  }
  return { events, duplicates, discards }
}

/** The sum of two counts. */
export function addCounts(one: Counts, other: Counts): Counts {
  const discards = { ...one.discards }
  for (const [reason, count] of Object.entries(other.discards) as [DiscardReason, number][]) {
    discards[reason] = (discards[reason] ?? 0) + count
  }
  return {
    events: one.events + other.events,
    duplicates: one.duplicates + other.duplicates,
    discards,
  }
}

/** All items discarded, whatever the reason. */
export function sumDiscards({ discards }: Counts): number {
  return Object.values(discards).reduce((sum, count) => sum + count, 0)
}
