import type { Context } from 'hono'
import { reportFailure } from '../../durable-objects/report.ts'
import { findSource, type Snapshot, type Source } from '../../durable-objects/workspace/snapshot.ts'
import type { AppEnv } from '../app-env.ts'
import { isLocalRequest } from '../middleware/local-only.ts'
import { isWithin, readAddress } from './limit.ts'

/** What a request's write key gives it. */
export type Admission =
  | { readonly kind: 'known'; readonly source: Source }
  /** Never decided here: the unverified Intake asks again until a snapshot answers. */
  | { readonly kind: 'unverified' }
  /** A local run under a name from elsewhere (DNS rebinding): nobody's, whatever the key. */
  | { readonly kind: 'foreign' }
  | { readonly kind: 'limited' }

/** Finds whose a plausible write key is, within the limits of a key or of unknown keys. */
export async function admit(c: Context<AppEnv>, writeKey: string): Promise<Admission> {
  if (c.var.deployment.local !== null && !isLocalRequest(c)) return { kind: 'foreign' }
  const snapshot = await readSnapshot(c)
  if (snapshot === null) return { kind: 'unverified' }
  const source = findSource(snapshot, writeKey)
  if (source !== undefined) {
    const isAllowed = await isWithin(c.env.KEY_LIMIT, source.id)
    return isAllowed ? { kind: 'known', source } : { kind: 'limited' }
  }
  const isAllowed = await isWithin(c.env.UNKNOWN_LIMIT, readAddress(c) ?? '')
  return { kind: isAllowed ? 'unverified' : 'limited' }
}

/** Null while no snapshot can be had: collection goes on. */
async function readSnapshot(c: Context<AppEnv>): Promise<Snapshot | null> {
  try {
    return await c.var.workspace.snapshot()
  } catch (error) {
    reportFailure('SNAPSHOT_UNREADABLE', { path: c.req.path }, error)
    return null
  }
}
