import type { Draft } from './draft.ts'
import { type IdKey, nameProfile } from './external-id.ts'
import { Graph, type SetId } from './graph.ts'
import { pendingOf } from './pending.ts'
import type { IdentityPolicy } from './policy.ts'
import { readPrevious } from './previous.ts'
import type { Changes, IdentityState } from './profile-record.ts'
import { isTooMuch } from './protection.ts'
import type { IdSet, Resolution, Resolved } from './protocol.ts'
import { type TypeRules, typeRules } from './type-rules.ts'

/** An event after its turn: what is left of its ids, highest priority first. */
interface Judged {
  readonly ids: readonly SetId[]
  readonly kept: readonly SetId[]
  readonly refused: Resolution['refused']
}

/**
 * Judges events one after the other (identity.md, section 3). The answers are those of the end: what a
 * later event of the call has joined is one profile in the answer to an earlier one too.
 */
export function resolve(
  state: IdentityState,
  sets: readonly IdSet[],
  policy: IdentityPolicy,
): Resolved & { readonly changes: Changes } {
  const graph = new Graph(state)
  const rules = typeRules(policy)
  const judged = sets.map((set) => judge(graph, set, rules))
  const resolutions = judged.map((each) => answer(graph, each))
  // All that is left of an event is in one profile.
  const profiles = new Set(judged.flatMap(({ kept }) => profilesOf(graph, kept.slice(0, 1))))
  return { resolutions, pending: pendingOf(profiles), changes: graph.changes() }
}

/** Finds what an event joins, and joins it; takes ids off until merge protection lets it pass. */
function judge(graph: Graph, set: IdSet, rules: TypeRules): Judged {
  const previous = readPrevious(graph, set)
  const all = previous.id === null ? set.ids : [...set.ids, previous.id]
  const ids = unique(all).sort((a, b) => rules.compare(a.type, b.type))
  const limitOf = (type: string) =>
    type === 'user_id' && previous.isBeyondLimit ? Number.POSITIVE_INFINITY : rules.limitOf(type)
  let kept = ids
  for (;;) {
    const profiles = profilesOf(graph, kept)
    const unknown = kept.filter(({ key }) => graph.profileOf(key) === undefined)
    if (!isTooMuch({ profiles, unknown, limitOf })) break
    kept = kept.slice(0, -1)
  }
  if (isWorthStoring(graph, kept, set)) join(graph, kept, set)
  return { ids, kept, refused: previous.refused }
}

/** One unknown id and nothing to remember: a profile that exists by name only. */
function isWorthStoring(graph: Graph, kept: readonly SetId[], { isMemorable }: IdSet): boolean {
  const [first] = kept
  if (first === undefined) return false
  return kept.length > 1 || isMemorable || graph.profileOf(first.key) !== undefined
}

/** Makes the profiles of some ids one, the oldest of them, and gives it those that are unknown. */
function join(graph: Graph, kept: readonly SetId[], stamp: IdSet): void {
  const [winner, ...losers] = profilesOf(graph, kept).sort((a, b) => a.p - b.p)
  const heldBy = (profile: Draft) =>
    kept.find(({ key }) => profile.has(key))?.key ?? profile.founder
  const carrier = winner === undefined ? kept[0]?.key : heldBy(winner)
  if (carrier === undefined) return
  for (const loser of losers) {
    if (winner === undefined) break
    graph.merge(winner, loser, { joint: { carrier, brought: heldBy(loser) }, stamp })
  }
  let profile = winner
  for (const id of kept.filter(({ key }) => graph.profileOf(key) === undefined)) {
    if (profile === undefined) profile = graph.create(id, stamp)
    else graph.attach(profile, id, { carrier, stamp })
  }
}

function answer(graph: Graph, { ids, kept, refused }: Judged): Resolution {
  const [first] = kept
  if (first === undefined) return { profile: null, ids: [], demoted: [], refused }
  const draft = graph.profileOf(first.key)
  const held = ids.flatMap(({ key, type }) => {
    const link = draft?.get(key)?.link
    return link === undefined ? [] : [{ key, type, link }]
  })
  const isKept = new Set([...kept, ...held].map(({ key }) => key))
  const demoted = ids.map(({ key }) => key).filter((key) => !isKept.has(key))
  const name = draft?.name ?? nameProfile(first.key)
  return { profile: { name, isImplicit: draft === undefined }, ids: held, demoted, refused }
}

function profilesOf(graph: Graph, ids: readonly SetId[]): Draft[] {
  const found = ids.map(({ key }) => graph.profileOf(key)).filter((each) => each !== undefined)
  return [...new Set(found)]
}

function unique(ids: readonly SetId[]): SetId[] {
  const byKey = new Map<IdKey, SetId>()
  for (const id of ids) if (!byKey.has(id.key)) byKey.set(id.key, id)
  return [...byKey.values()]
}
