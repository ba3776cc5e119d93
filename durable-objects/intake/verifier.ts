import { hashText } from '../hash-text.ts'
import type { Workspace } from '../workspace/snapshot.ts'
import { snapshotWithin } from '../workspace/snapshot-within.ts'
import type { Chunk } from './chunk.ts'
import { forwardSegments } from './forward-segments.ts'
import type { IntakeStore } from './intake-store.ts'
import { findOwners, verifySegments } from './verify.ts'

/** The world of the unverified Intake's alarm. */
export interface VerifierParts {
  readonly env: Env
  readonly store: IntakeStore
  readonly workspace: Workspace
}

/**
 * Forwards or discards the events of a planned chunk of unknown keys; returns the chunk as it is then:
 * routed, or planned still with what is known. Whose a key is is fixed in the row first, and who has
 * answered as soon as somebody has not: a repeat asks neither again. Rejects while there is no snapshot.
 */
export async function verifyChunk(chunk: Chunk, parts: VerifierParts): Promise<Chunk> {
  const { env, store, workspace } = parts
  const commits = [...store.readCommits(chunk.from, chunk.to)]
  const segments = commits.flatMap((commit) => commit.segments)
  let { verdict } = chunk
  if (verdict === undefined) {
    const snapshot = await snapshotWithin(workspace.snapshotSince(chunk.plannedAtMs))
    const owners = findOwners(segments, snapshot)
    verdict = { owners, answered: [] }
    if (Object.keys(owners).length > 0) store.noteVerdict({ ...chunk, verdict })
  }
  const { forwards, counts } = verifySegments(segments, verdict.owners, hashText)
  const done = new Set(verdict.answered)
  const open = new Map([...forwards].filter(([source]) => !done.has(source)))
  const answered = [...verdict.answered, ...(await forwardSegments(env, open))]
  if (answered.length === forwards.size) {
    const { verdict: _, ...rest } = chunk
    return { ...rest, state: 'routed', lines: 0, counts, destinations: [] }
  }
  const noted = { ...chunk, verdict: { owners: verdict.owners, answered } }
  if (answered.length > done.size) store.noteVerdict(noted)
  return noted
}
