import type { HashIndex } from './hash-index.ts'
import { chooseRun } from './index-plan.ts'
import type { IntakeMemory } from './intake-memory.ts'
import type { IntakeStore } from './intake-store.ts'

/** What sealing reads and changes. */
export interface SealParts {
  readonly store: IntakeStore
  readonly index: HashIndex
  readonly memory: IntakeMemory
}

/** Sorts the ids of planned chunks into runs of the index, when they are enough or an hour old. */
export function sealRuns({ store, index, memory }: SealParts, nowMs: number): void {
  for (;;) {
    const { unsealed, pending } = memory
    const taken = unsealed.slice(0, chooseRun(unsealed, nowMs))
    if (taken.length === 0) return
    index.seal(store.readIndexed(taken))
    const rest = store.readIndexed(unsealed.slice(taken.length))
    const first = pending[0]?.n ?? memory.nextCommit
    memory.setSealed({ rest, unplanned: store.readCommits(first, Number.MAX_SAFE_INTEGER) })
  }
}
