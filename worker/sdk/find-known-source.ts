import type { Context } from 'hono'
import { findSource, type Source } from '../../durable-objects/workspace/snapshot.ts'
import { peekSnapshot } from '../accept/admit.ts'
import type { AppEnv } from '../app-env.ts'
import { isLocalRequest } from '../middleware/local-only.ts'

/** The source that owns a key as far as this isolate knows; a page must start whatever does not answer. */
export async function findKnownSource(
  c: Context<AppEnv>,
  writeKey: string,
): Promise<Source | null> {
  if (c.var.deployment.local !== null && !isLocalRequest(c)) return null
  const snapshot = await peekSnapshot(c)
  return (snapshot && findSource(snapshot, writeKey)) ?? null
}
