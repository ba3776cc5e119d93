import type { Context } from 'hono'
import { EMPTY_SNAPSHOT, type Snapshot } from '../../durable-objects/workspace/snapshot.ts'
import type { AppEnv } from '../app-env.ts'
import { isLocalRequest } from './local-only.ts'

/** The workspace as this request may see it: the seed of a local run is for loopback names only. */
export async function readSnapshot(c: Context<AppEnv>): Promise<Snapshot> {
  const isForeign = c.var.deployment.local !== null && !isLocalRequest(c)
  return isForeign ? EMPTY_SNAPSHOT : c.var.workspace.snapshot()
}
