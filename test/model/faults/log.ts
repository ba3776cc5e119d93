import type { Chunk } from '../../../durable-objects/intake/chunk.ts'
import type { ReadSegment } from '../../../durable-objects/intake/commit.ts'
import { HashTable } from '../../../durable-objects/intake/hash-table.ts'
import { encodePacked } from '../../../durable-objects/intake/packed-index.ts'
import type { Hash } from '../../../worker/event/segment.ts'
import { twin } from './twin.ts'

type AppendGroupModule = typeof import('../../../durable-objects/intake/append-group.ts')
type CommitModule = typeof import('../../../durable-objects/intake/commit.ts')
type MemoryModule = typeof import('../../../durable-objects/intake/intake-memory.ts')
type StoreModule = typeof import('../../../durable-objects/intake/intake-store.ts')

const WINDOW_MS = 50

export const replyBeforeTheWrite = twin<AppendGroupModule>(
  'reply before the write',
  'durable-objects/intake/append-group.ts',
  ({ AppendGroup }) => ({
    AppendGroup: class extends AppendGroup {
      override async append(segments: readonly ReadSegment[], urgent: boolean): Promise<void> {
        setTimeout(() => void super.append(segments, urgent).catch(() => {}), WINDOW_MS)
      }
    },
  }),
)

export const numberReused = twin<StoreModule>(
  'number reused after a restart with an empty log',
  'durable-objects/intake/intake-store.ts',
  ({ IntakeStore }) => ({
    IntakeStore: class extends IntakeStore {
      /** Forgets the newest row too, from which the next numbers come. */
      override updateChunk(chunk: Chunk): void {
        super.updateChunk(chunk)
        if (chunk.state === 'routed') super.forgetChunks([chunk])
      }
    },
  }),
)

export const tableNotRebuilt = twin<MemoryModule>(
  'table not rebuilt from disk',
  'durable-objects/intake/intake-memory.ts',
  ({ IntakeMemory }) => ({
    IntakeMemory: class extends IntakeMemory {
      constructor(...given: ConstructorParameters<typeof IntakeMemory>) {
        super(...given)
        this.seen = new HashTable()
      }
    },
  }),
)

export const headsWithoutItems = twin<StoreModule>(
  'chunk heads read without unsealed items',
  'durable-objects/intake/intake-store.ts',
  ({ IntakeStore }) => ({
    IntakeStore: class extends IntakeStore {
      override *readChunksAfter(seq: number) {
        const packed = encodePacked([], new Set())
        for (const chunk of super.readChunksAfter(seq)) yield { ...chunk, packed }
      }
    },
  }),
)

/** Ids that were marked as known before their rows were written; no abort forgets them. */
const marked = { hashes: new Set<Hash>(), atMs: 0 }

export const storageErrorLeavesTable = twin<CommitModule>(
  'storage error leaves the table changed',
  'durable-objects/intake/commit.ts',
  ({ commitSegments, idsOf }) => ({
    commitSegments: (segments, seen, atMs) => {
      if (atMs < marked.atMs) marked.hashes.clear() // the next schedule starts earlier
      marked.atMs = atMs
      const isSeen = (hash: Hash) => seen.has(hash) || marked.hashes.has(hash)
      const commits = commitSegments(segments, { has: isSeen }, atMs)
      for (const { row } of commits) for (const id of idsOf(row)) marked.hashes.add(id)
      return commits
    },
  }),
)

export const discardsInDedupe = twin<CommitModule>(
  'discards in dedupe',
  'durable-objects/intake/commit.ts',
  () => ({
    idsOf: ({ segments }) =>
      segments.flatMap(({ id, items }) => [id, ...items.map(({ messageHash }) => messageHash)]),
  }),
)
