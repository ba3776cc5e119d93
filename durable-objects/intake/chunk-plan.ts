import type { IndexedChunk } from './chunk.ts'
import type { CommitRow } from './commit.ts'
import { addCounts, countItems, NO_COUNTS } from './counts.ts'
import { packIndex } from './packed-index.ts'

/** A chunk closes at this many events … */
export const CHUNK_EVENTS = 1_000
/** … or at this many bytes of log rows, before gzip. */
export const CHUNK_BYTES = 1_048_576

/** What an unplanned commit adds to a chunk. */
export interface PendingCommit {
  readonly n: number
  readonly atMs: number
  readonly events: number
  readonly bytes: number
}

/** What planning needs to know of the Intake and the moment. */
export interface PlanContext {
  readonly seq: number
  readonly nowMs: number
  /** `{source}.{region}.{shard}.{epoch}`. */
  readonly intake: string
  readonly crc32: (bytes: Uint8Array, previous: number) => number
}

/** How many of the oldest commits a chunk takes; 0 while they neither fill one nor may be forced. */
export function chooseCommits(pending: readonly PendingCommit[], isForced: boolean): number {
  let events = 0
  let bytes = 0
  for (const [index, commit] of pending.entries()) {
    events += commit.events
    bytes += commit.bytes
    if (events >= CHUNK_EVENTS || bytes >= CHUNK_BYTES) return index + 1
  }
  return isForced ? pending.length : 0
}

/** The lines of some commits, in order: what a chunk's object holds before gzip. */
export function chunkLines(commits: readonly CommitRow[]): Uint8Array[] {
  return commits.flatMap(({ segments }) =>
    segments.flatMap(({ items }) =>
      items.filter(({ kind }) => kind === 'event').map(({ line }) => line),
    ),
  )
}

/** Fixes a chunk's content and key by the commits it takes; pure, so that a repeat says the same. */
export function planChunk(
  commits: readonly (CommitRow & { readonly n: number })[],
  context: PlanContext,
): IndexedChunk {
  const { seq, nowMs, crc32 } = context
  const lines = chunkLines(commits)
  const receivedAt = commits.flatMap(({ segments }) => segments.map((each) => each.receivedAtMs))
  return {
    seq,
    state: 'planned',
    from: commits[0]?.n ?? 0,
    to: commits.at(-1)?.n ?? 0,
    plannedAtMs: nowMs,
    key: archiveKey(context),
    lines: lines.length,
    rawBytes: lines.reduce((sum, { length }) => sum + length, 0),
    crc32: lines.reduce((crc, line) => crc32(line, crc), 0),
    firstReceivedAtMs: lines.length === 0 ? null : Math.min(...receivedAt),
    lastReceivedAtMs: lines.length === 0 ? null : Math.max(...receivedAt),
    counts: commits.reduce((sum, { segments }) => addCounts(sum, countItems(segments)), NO_COUNTS),
    destinations: null,
    packed: packIndex(commits),
  }
}

/** `archive/{source}/2026/11/22/07/{intake}-{chunk}.ndjson.gz`; numbers are padded to sort as text. */
export function archiveKey({ intake, nowMs, seq }: Omit<PlanContext, 'crc32'>): string {
  const source = intake.split('.')[0]
  const hour = new Date(nowMs).toISOString().slice(0, 13).replace(/[-T]/g, '/')
  return `archive/${source}/${hour}/${intake}-${String(seq).padStart(10, '0')}.ndjson.gz`
}
