import type { Chunk } from './chunk.ts'
import type { IntakeMemory } from './intake-memory.ts'
import type { IntakeStore } from './intake-store.ts'

/** Where chunks are kept. */
export interface ChunkKeeper {
  readonly store: IntakeStore
  readonly memory: IntakeMemory
}

/** Stores a chunk's new state, and only then takes it in; its log rows go. */
export function storeState(chunk: Chunk, { store, memory }: ChunkKeeper): void {
  const bytes = store.chunkBytes(chunk)
  store.updateChunk(chunk)
  memory.logBytes -= bytes
  memory.setState(chunk)
}
