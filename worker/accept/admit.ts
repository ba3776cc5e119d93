import type { Context } from 'hono'
import { reportFailure } from '../../durable-objects/report.ts'
import { findSource, type Snapshot, type Source } from '../../durable-objects/workspace/snapshot.ts'
import { snapshotWithin } from '../../durable-objects/workspace/snapshot-within.ts'
import type { AppEnv } from '../app-env.ts'
import { isLocalRequest } from '../middleware/local-only.ts'
import { isUnknownWithin, isWithin } from './limit.ts'

/** A client waits: a workspace that hangs must not hold up collection. */
const ADMIT_LIMIT_MS = 1_000

/** What a request's write key gives it. */
export type Admission =
  | { readonly kind: 'known'; readonly source: Source }
  /**
   * Never decided here: the unverified Intake asks again until a snapshot answers. `isUndecidable`
   * when this isolate has no snapshot at all.
   */
  | { readonly kind: 'unverified'; readonly isUndecidable: boolean }
  /** A local run under a name from elsewhere (DNS rebinding): nobody's, whatever the key. */
  | { readonly kind: 'foreign' }
  | { readonly kind: 'limited' }

/**
 * Finds whose a plausible write key is, within the limits of a key or of unknown keys. Nobody sends a
 * mail's pixel or a click again (`isRepeatable`): of a known source they are never refused.
 */
export async function admit(
  c: Context<AppEnv>,
  writeKey: string,
  { isRepeatable }: { readonly isRepeatable: boolean },
): Promise<Admission> {
  if (c.var.deployment.local !== null && !isLocalRequest(c)) return { kind: 'foreign' }
  const snapshot = await peekSnapshot(c)
  if (snapshot === null) return { kind: 'unverified', isUndecidable: true }
  const source = findSource(snapshot, writeKey)
  if (source !== undefined) {
    const isAllowed = !isRepeatable || (await isWithin(c.env.KEY_LIMIT, source.id))
    return isAllowed ? { kind: 'known', source } : { kind: 'limited' }
  }
  const isAllowed = await isUnknownWithin(c)
  return isAllowed ? { kind: 'unverified', isUndecidable: false } : { kind: 'limited' }
}

/** Null while no snapshot can be had in time: collection goes on. */
export async function peekSnapshot(c: Context<AppEnv>): Promise<Snapshot | null> {
  try {
    return await snapshotWithin(c.var.workspace.snapshot(), ADMIT_LIMIT_MS)
  } catch (error) {
    reportFailure('SNAPSHOT_UNREADABLE', { path: c.req.path }, error)
    return null
  }
}
