import { openProfile } from '../profile/open-profile.ts'
import { SPACE } from '../workspace/snapshot.ts'
import type { PendingVerbs } from './drive-pending.ts'

/** The objects that are told what is pending. */
export const pendingVerbs = (env: Env): PendingVerbs => ({
  absorb: (winner, merge) => openProfile(env, winner).absorb(merge),
  part: (from, parted) => openProfile(env, from).part(parted),
  done: (n) => env.IDENTITY.getByName(SPACE).done(n),
})
