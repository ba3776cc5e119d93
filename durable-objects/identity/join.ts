import type { Draft } from './draft.ts'
import type { IdKey, ProfileName } from './external-id.ts'
import { Graph, type Stamp } from './graph.ts'
import { pendingOf } from './pending.ts'
import type { Changes, IdentityState } from './profile-record.ts'
import { isTooLarge } from './protection.ts'
import type { Pending } from './protocol.ts'

/** What joining ids by hand did; `links` are the numbers of the merges, none if they were one already. */
export type Joined =
  | {
      readonly state: 'joined'
      readonly name: ProfileName
      readonly links: readonly number[]
      readonly pending: readonly Pending[]
    }
  | { readonly state: 'unknown_ids'; readonly keys: readonly IdKey[] }
  | { readonly state: 'too_large' }

/**
 * Makes the profiles of known ids one, because an operator or the API says so: limits of types do not
 * hold, and parted pairs that it unites are parted no longer. The caps of a profile's size hold.
 */
export function join(
  state: IdentityState,
  keys: readonly IdKey[],
  stamp: Stamp,
): { readonly answer: Joined; readonly changes: Changes } {
  const graph = new Graph(state)
  return { answer: joinIn(graph, keys, stamp), changes: graph.changes() }
}

function joinIn(graph: Graph, keys: readonly IdKey[], stamp: Stamp): Joined {
  const unknown = keys.filter((key) => graph.profileOf(key) === undefined)
  const found = keys.map((key) => graph.profileOf(key)).filter((each) => each !== undefined)
  const profiles = [...new Set(found)].sort((a, b) => a.p - b.p)
  const [winner, ...losers] = profiles
  if (unknown.length > 0 || winner === undefined) return { state: 'unknown_ids', keys: unknown }
  if (isTooLarge({ profiles, unknown: [] })) return { state: 'too_large' }
  const namedOf = (profile: Draft) => keys.find((key) => profile.has(key)) ?? profile.founder
  const carrier = namedOf(winner)
  const links = losers.map((loser) => {
    const n = graph.nextN
    graph.merge(winner, loser, { joint: { carrier, brought: namedOf(loser) }, stamp })
    return n
  })
  winner.parted = winner.parted.filter(({ pair }) => !pair.every((key) => winner.has(key)))
  return { state: 'joined', name: winner.name, links, pending: pendingOf([winner]) }
}
