import type { Draft } from './draft.ts'
import type { IdKey, ProfileName } from './external-id.ts'
import { Graph, type Stamp } from './graph.ts'
import { foundersOf, pendingOf } from './pending.ts'
import type { Changes, Edge, Founding, IdentityState, PartedPair } from './profile-record.ts'
import type { Pending } from './protocol.ts'

/** What undoing a link did. `from` is the profile that kept its number, `to` the one that left it. */
export type Unmerged =
  | {
      readonly state: 'parted'
      readonly n: number
      readonly from: ProfileName
      readonly to: ProfileName
      readonly pending: readonly Pending[]
    }
  | { readonly state: 'unknown_profile' | 'unknown_link' | 'founding_link' }

/** A link to undo, of the profile that holds the id which founded the one named. */
export interface Undo {
  readonly founder: IdKey
  readonly n: number
  readonly stamp: Stamp
}

interface Parting {
  readonly profile: Draft
  readonly edge: Edge
  readonly stamp: Stamp
}

/**
 * Takes a link out of a profile's tree (identity.md, section 5). The part with the founding id stays, the
 * other gets its lowest former number back, or the number of the part. Asked again it says the same.
 */
export function unmerge(
  state: IdentityState,
  { founder, n, stamp }: Undo,
): { readonly answer: Unmerged; readonly changes: Changes } {
  const graph = new Graph(state)
  const profile = graph.profileOf(founder)
  const edge = profile?.edges.find((each) => each.n === n)
  const done = profile?.parted.find(({ undone }) => undone === n)
  let answer: Unmerged
  if (profile === undefined) answer = { state: 'unknown_profile' }
  else if (edge !== undefined) answer = part(graph, { profile, edge, stamp })
  else if (done !== undefined) answer = tellAgain(profile, done)
  else answer = { state: isFounding(profile, n) ? 'founding_link' : 'unknown_link' }
  return { answer, changes: graph.changes() }
}

function part(graph: Graph, { profile, edge, stamp }: Parting): Unmerged {
  const n = graph.nextN
  const rest = profile.edges.filter((each) => each !== edge)
  const staying = reach(profile.founder, rest)
  const leaving = new Set([...profile.ids].map(({ key }) => key).filter((key) => !staying.has(key)))
  const root = leaving.has(edge.brought) ? edge.brought : edge.carrier
  const [former] = profile.formers
    .filter(({ founder }) => leaving.has(founder))
    .sort((a, b) => a.p - b.p)
  const kept = graph.found(profile.p, profile.founder)
  const left = graph.found(former?.p ?? n, former?.founder ?? root)
  for (const id of profile.ids) {
    if (staying.has(id.key)) kept.hold(id)
    else {
      left.hold({ ...id, link: n })
      graph.point(id.key, left)
    }
  }
  const [from, to] = [kept.name, left.name]
  const pair = [edge.carrier, edge.brought] as const
  const parted = [...profile.parted, { n, undone: edge.n, pair, from, to }]
  const told: Pending = { kind: 'part', n, from, to, ids: [...leaving] }
  for (const each of [kept, left]) {
    each.edges.push(...rest.filter(({ carrier }) => each.has(carrier)))
    each.parted = parted.filter((known) => known.pair.some((key) => each.has(key)))
    for (const pending of [...profile.pending.values(), told]) {
      if (foundersOf(pending).some((key) => each.has(key))) each.pending.set(pending.n, pending)
    }
    keepFormers(graph, each, profile.formers)
  }
  const joint = { carrier: edge.carrier, brought: edge.brought }
  graph.journal({ kind: 'part', winner: kept, loser: left }, joint, stamp)
  return { state: 'parted', n, from, to, pending: pendingOf([kept, left]) }
}

/** All ids that links lead to. */
function reach(from: IdKey, edges: readonly Edge[]): Set<IdKey> {
  const next = new Map<IdKey, IdKey[]>()
  const lead = (a: IdKey, b: IdKey) => {
    const known = next.get(a)
    if (known === undefined) next.set(a, [b])
    else known.push(b)
  }
  for (const { carrier, brought } of edges) {
    lead(carrier, brought)
    lead(brought, carrier)
  }
  const reached = new Set([from])
  // A set that grows while it is read is read to its end.
  for (const key of reached) for (const each of next.get(key) ?? []) reached.add(each)
  return reached
}

/** The former profiles whose founding ids a part holds lead to it from now on. */
function keepFormers(graph: Graph, part: Draft, formers: readonly Founding[]): void {
  for (const former of formers) {
    if (!part.has(former.founder) || former.p === part.p) continue
    part.formers.push(former)
    graph.move({ ...former, into: part.p })
  }
}

function tellAgain(profile: Draft, { n, from, to }: PartedPair): Unmerged {
  return { state: 'parted', n, from, to, pending: pendingOf([profile]) }
}

const isFounding = (profile: Draft, n: number): boolean =>
  profile.p === n || profile.formers.some(({ p }) => p === n)
