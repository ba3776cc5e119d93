import { type Chunk, type IndexedChunk, withoutPacked } from './chunk.ts'
import type { PendingCommit } from './chunk-plan.ts'
import { type CommitRow, idsOf } from './commit.ts'
import { addCounts, type Counts, countItems, subtractCounts } from './counts.ts'
import { HashTable } from './hash-table.ts'
import type { UnsealedChunk } from './index-plan.ts'
import { countPacked, makesKnown, readItems } from './packed-index.ts'

/** A log row with its number and size. */
export type NumberedCommit = CommitRow & { readonly n: number; readonly bytes: number }

/** A routed chunk as memory keeps it: enough to forget its row in time. */
type RoutedChunk = Pick<Chunk, 'seq' | 'plannedAtMs' | 'counts'>

/** What no run of the index has. */
interface Unsealed {
  readonly rest: Iterable<IndexedChunk>
  readonly unplanned: Iterable<CommitRow>
}

/** What the tables hold when an Intake starts, chunks oldest first. */
interface Stored {
  /** The sum of what chunk rows said that are forgotten. */
  readonly forgotten: Counts
  /** Chunks that a run of the index has; their ids are found there. */
  readonly sealed: Iterable<Chunk>
  readonly unsealed: Iterable<IndexedChunk>
}

/** What an Intake keeps in memory; all of it follows from its tables, whatever happened before. */
export class IntakeMemory {
  /** Ids of events and segments that no run has yet. */
  seen = new HashTable()
  /** Planned chunks that no run has yet, oldest first. */
  unsealed: UnsealedChunk[] = []
  /** Commits that no chunk has taken yet. */
  pending: PendingCommit[] = []
  /** Chunks that are planned or archived, but not yet routed. */
  readonly open = new Map<number, Chunk>()
  /** Chunks that are routed and not yet forgotten, oldest first. */
  routed: RoutedChunk[] = []
  /** Everything this Intake ever received. */
  totals: Counts
  archived = 0
  /** Log rows that are not archived yet. */
  logBytes = 0
  /** Events of the newest chunk. */
  lastChunkEvents: number | null = null
  nextCommit = 1
  nextChunk = 1

  constructor({ forgotten, sealed, unsealed }: Stored) {
    this.totals = forgotten
    this.archived = forgotten.events
    for (const chunk of sealed) this.#addChunk(chunk)
    for (const chunk of unsealed) {
      this.#addUnsealed(chunk)
      this.#addChunk(withoutPacked(chunk))
    }
  }

  /** The newest chunk up to which all are in the archive. */
  get archivedTo(): number {
    const planned = [...this.open.values()].filter(({ state }) => state === 'planned')
    return Math.min(this.nextChunk, ...planned.map(({ seq }) => seq)) - 1
  }

  /** Takes in a log row that was just written, or is read again at start. */
  addCommit(commit: NumberedCommit): void {
    const counts = countItems(commit.segments)
    for (const id of idsOf(commit)) this.seen.add(id)
    this.totals = addCounts(this.totals, counts)
    this.nextCommit = Math.max(this.nextCommit, commit.n + 1)
    const { n, atMs, bytes } = commit
    this.logBytes += bytes
    this.pending.push({ n, atMs, bytes, events: counts.events })
  }

  /** Takes in a chunk that was just planned from the oldest pending commits. */
  addPlanned(chunk: IndexedChunk): void {
    this.pending = this.pending.filter(({ n }) => n > chunk.to)
    this.nextChunk = chunk.seq + 1
    this.lastChunkEvents = chunk.counts.events
    const { seq, plannedAtMs } = chunk
    this.unsealed.push({ seq, plannedAtMs, items: countPacked(chunk.packed) })
    this.setState(withoutPacked(chunk))
  }

  /** Takes in that the oldest chunks are in a run: known here alone is the rest, and what no chunk has. */
  setSealed({ rest, unplanned }: Unsealed): void {
    this.unsealed = []
    this.seen = new HashTable()
    for (const chunk of rest) this.#addUnsealed(chunk)
    for (const commit of unplanned) for (const id of idsOf(commit)) this.seen.add(id)
  }

  /** Takes in a chunk's new state; its ids are known already and need no second copy. */
  setState(chunk: Chunk): void {
    if (chunk.state === 'archived' && this.open.get(chunk.seq)?.state === 'planned') {
      this.archived += chunk.lines
    }
    if (chunk.state === 'routed') {
      this.open.delete(chunk.seq)
      this.routed.push({ seq: chunk.seq, plannedAtMs: chunk.plannedAtMs, counts: chunk.counts })
    } else this.open.set(chunk.seq, chunk)
  }

  /** Takes in that the rows of some routed chunks are gone; what they counted stays counted. */
  forget(chunks: readonly RoutedChunk[]): void {
    const gone = new Set(chunks.map(({ seq }) => seq))
    this.routed = this.routed.filter(({ seq }) => !gone.has(seq))
  }

  /** Takes in that a chunk's items ended otherwise than when they were received. */
  recount(before: Counts, after: Counts): void {
    this.totals = addCounts(subtractCounts(this.totals, before), after)
  }

  #addUnsealed({ seq, plannedAtMs, packed }: IndexedChunk): void {
    for (const item of readItems(packed)) if (makesKnown(item)) this.seen.add(item.hash)
    this.unsealed.push({ seq, plannedAtMs, items: countPacked(packed) })
  }

  #addChunk(chunk: Chunk): void {
    this.totals = addCounts(this.totals, chunk.counts)
    this.nextCommit = chunk.to + 1
    this.nextChunk = chunk.seq + 1
    this.lastChunkEvents = chunk.counts.events
    if (chunk.state !== 'planned') this.archived += chunk.lines
    this.setState(chunk)
  }
}
