import { drivePending } from '../../durable-objects/identity/drive-pending.ts'
import type { Pending } from '../../durable-objects/identity/protocol.ts'
import { reportFailure } from '../../durable-objects/report.ts'
import { openIdentity, openProfile } from './space-objects.ts'

/** Tells the profiles what they have to be told; answers what could not be, and stays with Identity. */
export async function drive(env: Env, pending: readonly Pending[]): Promise<Pending[]> {
  const left = await drivePending(pending, {
    absorb: (winner, merge) => openProfile(env, winner).absorb(merge),
    part: (from, parted) => openProfile(env, from).part(parted),
    done: (n) => openIdentity(env).done(n),
  })
  for (const { pending: each, error } of left) {
    reportFailure('PENDING_NOT_DRIVEN', { n: each.n, kind: each.kind }, error)
  }
  return left.map((each) => each.pending)
}
