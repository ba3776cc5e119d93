import { type IdKey, type ProfileName, readProfileName } from './external-id.ts'
import type { Pending } from './protocol.ts'

/** The two profiles that something pending is about. */
export const namesOf = (pending: Pending): readonly ProfileName[] =>
  pending.kind === 'merge' ? [pending.winner, pending.loser] : [pending.from, pending.to]

/** The ids that founded the two profiles which something pending names. Whoever holds one, has it. */
export function foundersOf(pending: Pending): IdKey[] {
  return namesOf(pending).flatMap((name) => readProfileName(name)?.key ?? [])
}

/** What profiles still have to be told, each once, in the order in which to tell it. */
export function pendingOf(
  profiles: Iterable<{ readonly pending: ReadonlyMap<number, Pending> }>,
): Pending[] {
  const byNumber = new Map<number, Pending>()
  for (const profile of profiles) {
    for (const [n, pending] of profile.pending) byNumber.set(n, pending)
  }
  return [...byNumber.values()].sort((a, b) => a.n - b.n)
}
