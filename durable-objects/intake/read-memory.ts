import type { HashIndex } from './hash-index.ts'
import { IntakeMemory } from './intake-memory.ts'
import type { IntakeStore } from './intake-store.ts'

/** Makes the memory of an Intake that starts: from what no run of the index has, and the heads of the rest. */
export function readMemory(store: IntakeStore, { sealedTo }: HashIndex): IntakeMemory {
  const memory = new IntakeMemory({
    forgotten: store.sumHours(),
    sealed: store.readHeads(sealedTo),
    unsealed: store.readChunksAfter(sealedTo),
  })
  memory.logBytes = store.plannedBytes(memory.nextCommit)
  const unplanned = store.readCommits(memory.nextCommit, Number.MAX_SAFE_INTEGER)
  for (const commit of unplanned) memory.addCommit(commit)
  return memory
}
