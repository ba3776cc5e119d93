import type { Chunk } from './chunk.ts'
import type { ChunkKeeper } from './store-state.ts'

/** When the oldest event of unknown keys was received that may be a source's and was not forwarded to it yet. */
export function oldestWaitingMs(source: string, { memory, store }: ChunkKeeper): number {
  const { open, pending } = memory
  let oldestMs = Number.POSITIVE_INFINITY
  for (const chunk of open.values()) {
    if (mayBeOf(source, chunk)) oldestMs = Math.min(oldestMs, chunk.firstReceivedAtMs ?? oldestMs)
  }
  const [first] = pending
  if (first === undefined) return oldestMs
  for (const { segments } of store.readCommits(first.n, Number.MAX_SAFE_INTEGER)) {
    for (const { receivedAtMs } of segments) oldestMs = Math.min(oldestMs, receivedAtMs)
  }
  return oldestMs
}

function mayBeOf(source: string, { verdict }: Chunk): boolean {
  if (verdict === undefined) return true
  const isOwner = Object.values(verdict.owners).some(({ id }) => id === source)
  return isOwner && !verdict.answered.includes(source)
}
