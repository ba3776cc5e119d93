import { eachOf } from '../each-of.ts'
import type { Merge, Parted } from '../profile/open-profile.ts'
import { within } from '../within.ts'
import type { ProfileName } from './external-id.ts'
import { namesOf } from './pending.ts'
import type { Pending } from './protocol.ts'

const CALL_LIMIT_MS = 15_000
/** Groups at once: a consumer has some 6 connections. */
const PARALLEL_GROUPS = 4

/** What driving needs: two methods of Profile, one of Identity. Each may be repeated. */
export interface PendingVerbs {
  readonly absorb: (winner: ProfileName, merge: Merge) => Promise<void>
  readonly part: (from: ProfileName, parted: Parted) => Promise<void>
  readonly done: (n: number) => Promise<void>
}

/** A pending that failed, or waits for one that failed, and why. It stays with Identity. */
export interface Left {
  readonly pending: Pending
  readonly error: unknown
}

/**
 * Tells profiles what they have to be told, of those that share a profile in order of their numbers: a
 * merge that overtook a part would take away what the part has to give.
 */
export async function drivePending(
  pending: readonly Pending[],
  verbs: PendingVerbs,
): Promise<readonly Left[]> {
  const groups = groupByProfiles([...pending].sort((a, b) => a.n - b.n))
  const left: Left[] = []
  await eachOf(groups, PARALLEL_GROUPS, async (group) => {
    left.push(...(await driveInOrder(group, verbs)))
  })
  return left
}

async function driveInOrder(group: readonly Pending[], verbs: PendingVerbs): Promise<Left[]> {
  for (const [at, pending] of group.entries()) {
    try {
      await tell(pending, verbs)
      await within(CALL_LIMIT_MS, `done ${pending.n}`, verbs.done(pending.n))
    } catch (error) {
      return group.slice(at).map((each) => ({ pending: each, error }))
    }
  }
  return []
}

function tell(pending: Pending, { absorb, part }: PendingVerbs): Promise<void> {
  const { n, kind } = pending
  switch (kind) {
    case 'merge': {
      const told = absorb(pending.winner, { n, loser: pending.loser })
      return within(CALL_LIMIT_MS, `merge ${n}`, told)
    }
    case 'part': {
      const { ids, to } = pending
      return within(CALL_LIMIT_MS, `part ${n}`, part(pending.from, { n, ids, to }))
    }
  }
}

/** Groups that have no profile in common; each keeps the order. */
function groupByProfiles(pending: readonly Pending[]): Pending[][] {
  let groups: { readonly names: Set<ProfileName>; readonly pending: Pending[] }[] = []
  for (const each of pending) {
    const names = namesOf(each)
    const touched = groups.filter((group) => names.some((name) => group.names.has(name)))
    const joined = {
      names: new Set([...names, ...touched.flatMap((group) => [...group.names])]),
      pending: [...touched.flatMap((group) => group.pending), each].sort((a, b) => a.n - b.n),
    }
    groups = [...groups.filter((group) => !touched.includes(group)), joined]
  }
  return groups.map((group) => group.pending)
}
