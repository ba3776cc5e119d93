import type { Fates, Slice } from './ledger.ts'

/** Adds up how the lines of all slices ended, and how many are still owed. */
export function sumFates(slices: readonly Slice[]): Fates & { readonly owed: number } {
  let delivered = 0
  let owed = 0
  const filtered: Record<string, number> = {}
  const dead: Record<string, number> = {}
  for (const slice of slices) {
    delivered += slice.fates.delivered
    if (slice.state === 'owed') owed += slice.owed?.length ?? slice.lines
    addTo(filtered, slice.fates.filtered)
    addTo(dead, slice.fates.dead)
  }
  return { delivered, owed, filtered, dead }
}

function addTo(sum: Record<string, number>, counts: Fates['filtered']): void {
  for (const [reason, count] of Object.entries(counts)) sum[reason] = (sum[reason] ?? 0) + count
}
