import { EMPTY_SNAPSHOT } from '../../../durable-objects/workspace/snapshot.ts'
import { twin } from './twin.ts'

type ChunkModule = typeof import('../../../durable-objects/intake/chunk.ts')
type VerifierModule = typeof import('../../../durable-objects/intake/verifier.ts')
type VerifyModule = typeof import('../../../durable-objects/intake/verify.ts')
type WithinModule = typeof import('../../../durable-objects/within.ts')

export const destinationsNotFixed = twin<ChunkModule>(
  'destinations of a chunk not fixed',
  'durable-objects/intake/chunk.ts',
  ({ encodeChunk }) => ({
    encodeChunk: (chunk, packed) =>
      encodeChunk(chunk.state === 'archived' ? { ...chunk, destinations: null } : chunk, packed),
  }),
)

export const routedBeforeOwe = twin<WithinModule>(
  '`routed` before `owe` answered',
  'durable-objects/within.ts',
  ({ within }) => ({
    within: async (limitMs, what, work) => {
      if (!what.startsWith('owe ')) return within(limitMs, what, work)
      work.catch(() => {})
      return undefined as Awaited<typeof work> // `owe` answers nothing
    },
  }),
)

export const noSnapshotTaken = twin<WithinModule>(
  'destinations taken from no snapshot',
  'durable-objects/within.ts',
  ({ within }) => ({
    within: (limitMs, what, work) => {
      const answer = within(limitMs, what, work)
      if (what !== 'snapshot') return answer
      return answer.catch(() => EMPTY_SNAPSHOT as Awaited<typeof work>) // a snapshot was asked for
    },
  }),
)

export const staleSnapshot = twin<VerifierModule>(
  'unverified events decided by a stale snapshot',
  'durable-objects/intake/verifier.ts',
  ({ verifyChunk }) => ({
    verifyChunk: (chunk, parts) => {
      const { snapshot } = parts.workspace
      return verifyChunk(chunk, { ...parts, workspace: { snapshot, snapshotSince: snapshot } })
    },
  }),
)

let made = 0
export const forwardedIdsNotStable = twin<VerifyModule>(
  'forwarded segment ids not stable',
  'durable-objects/intake/verify.ts',
  ({ verifySegments }) => ({
    verifySegments: (segments, owners, hash) => {
      made += 1
      const suffix = `:${made}`
      return verifySegments(segments, owners, (text) =>
        hash(text.startsWith('forwarded:') ? text + suffix : text),
      )
    },
  }),
)
