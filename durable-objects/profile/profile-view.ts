import type { ProfileName } from '../identity/external-id.ts'
import { compareStamps } from './newest.ts'
import type { NewsGroup, ProfileRead } from './news.ts'
import { heldIds, type ProfileState, standingMove } from './profile-state.ts'
import { visibleConsent, visibleTraits } from './traits.ts'

/** What a profile shows to whoever asks. */
export function viewProfile(name: ProfileName, state: ProfileState): ProfileRead {
  const move = standingMove(state)
  if (move !== null) return { state: 'moved', to: move.to }
  const held = heldIds(state)
  if (held.length === 0) return { state: 'unknown' }
  const collection = name.startsWith('acc_') ? 'accounts' : 'users'
  const ids = held
    .flatMap(([, { known, place }]) =>
      known === null ? [] : [{ ...known, link: place.n, collection } as const],
    )
    .sort(compareStamps)
  return {
    state: 'found',
    view: {
      name,
      collection,
      version: state.version,
      ids,
      traits: visibleTraits(state),
      groups: viewGroups(state),
      consent: visibleConsent(state),
      createdAtMs: ids[0]?.atMs ?? state.updatedAtMs,
      updatedAtMs: state.updatedAtMs,
    },
  }
}

/** Each group once, as it was first seen. */
function viewGroups(state: ProfileState): NewsGroup[] {
  const all = heldIds(state)
    .flatMap(([by, { groups }]) =>
      [...groups].map(([groupId, first]) => ({ by, groupId, ...first })),
    )
    .sort(compareStamps)
  return all.filter(({ groupId }, at) => all.findIndex((each) => each.groupId === groupId) === at)
}
