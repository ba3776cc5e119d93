import type { Draft } from './draft.ts'
import type { Graph, SetId } from './graph.ts'
import type { IdSet, Resolution } from './protocol.ts'

/** What an alias adds to the ids of its event. */
export interface Previous {
  readonly id: SetId | null
  /** Whether it may join users, beyond the limit of one. */
  readonly isBeyondLimit: boolean
  readonly refused: Resolution['refused']
}

const NOTHING: Previous = { id: null, isBeyondLimit: false, refused: null }

/**
 * Reads `previousId` (identity.md, section 2): a known anonymous id; else a known user id, which nobody
 * joins with a public key; else an anonymous id from a public source, a user id from another.
 */
export function readPrevious(graph: Graph, { ids, previous, isPublic }: IdSet): Previous {
  if (previous === null) return NOTHING
  const anonymous = { ...NOTHING, id: { type: 'anonymous_id', key: previous.anonymous } }
  const user = { ...NOTHING, id: { type: 'user_id', key: previous.user }, isBeyondLimit: true }
  if (ids.some(({ key }) => key === previous.user || key === previous.anonymous)) return NOTHING
  const known = graph.profileOf(previous.user)
  const guest = graph.profileOf(previous.anonymous)
  const users = ids.filter(({ type }) => type === 'user_id')
  const holdsUsers = (profile: Draft | undefined) =>
    users.length > 0 && users.every(({ key }) => profile?.has(key))
  // Done before, by this event if it is asked again: what has become known meanwhile is no matter.
  if (holdsUsers(guest)) return anonymous
  if (holdsUsers(known)) return { ...user, isBeyondLimit: !isPublic }
  if (guest !== undefined) return anonymous
  if (known !== undefined) return isPublic ? { ...NOTHING, refused: 'alias_of_a_known_user' } : user
  return isPublic ? anonymous : user
}
