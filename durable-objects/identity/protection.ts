import type { Draft } from './draft.ts'
import type { SetId } from './graph.ts'

/** Segment's caps (contract 7.2): ids of a profile, and merges into it. */
export const MAX_IDS = 1_000
export const MAX_MERGES = 100

/** What an event would make one person: profiles, and ids that are new. */
export interface Union {
  readonly profiles: readonly Draft[]
  readonly unknown: readonly SetId[]
  readonly limitOf: (type: string) => number
}

/**
 * Whether a union is more than merge protection lets pass. A type blocks when the union has more values
 * than its limit, and more than the larger side alone: a limit that was lowered breaks no profile.
 */
export function isTooMuch(union: Union): boolean {
  if (union.profiles.length === 1 && union.unknown.length === 0) return false
  return isTooLarge(union) || hasParted(union.profiles) || breaksLimit(union)
}

/** Whether a union breaks the caps that hold for everybody. */
export function isTooLarge({ profiles, unknown }: Omit<Union, 'limitOf'>): boolean {
  const ids = profiles.reduce((sum, { size }) => sum + size, unknown.length)
  const merges = profiles.reduce((sum, each) => sum + each.merges, profiles.length - 1)
  return ids > MAX_IDS || (profiles.length > 1 && merges > MAX_MERGES)
}

/** Whether two profiles hold the two ids of a parted pair. */
export function hasParted(profiles: readonly Draft[]): boolean {
  if (profiles.length < 2) return false
  const isHeld = (key: string) => profiles.some((each) => each.has(key))
  return profiles.some(({ parted }) => parted.some(({ pair }) => pair.every(isHeld)))
}

function breaksLimit({ profiles, unknown, limitOf }: Union): boolean {
  const counts = new Map<string, number>()
  const add = (type: string, count: number) => counts.set(type, (counts.get(type) ?? 0) + count)
  for (const { type } of unknown) add(type, 1)
  if (profiles.length > 1) {
    for (const each of profiles) for (const type of each.types) add(type, each.count(type))
  } else {
    for (const type of [...counts.keys()]) add(type, profiles[0]?.count(type) ?? 0)
  }
  return [...counts].some(([type, count]) => {
    if (count <= limitOf(type)) return false
    return profiles.every((each) => each.count(type) < count)
  })
}
