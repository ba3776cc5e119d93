import { drivePending } from '../../durable-objects/identity/drive-pending.ts'
import { pendingVerbs } from '../../durable-objects/identity/pending-verbs.ts'
import type { Pending } from '../../durable-objects/identity/protocol.ts'
import { reportFailure } from '../../durable-objects/report.ts'

/** Tells the profiles what they have to be told; answers what could not be, and stays with Identity. */
export async function drive(env: Env, pending: readonly Pending[]): Promise<Pending[]> {
  const left = await drivePending(pending, pendingVerbs(env))
  for (const { pending: each, error } of left) {
    reportFailure('PENDING_NOT_DRIVEN', { n: each.n, kind: each.kind }, error)
  }
  return left.map((each) => each.pending)
}
