import { reportFailure } from '../report.ts'
import { recipientsOf, type Snapshot, UNVERIFIED } from '../workspace/snapshot.ts'
import { snapshotWithin } from '../workspace/snapshot-within.ts'
import { archiveChunk } from './archive-chunk.ts'
import type { Chunk } from './chunk.ts'
import { chunkLines } from './chunk-plan.ts'
import type { OutboxParts } from './outbox.ts'
import { Retry } from './retry.ts'
import { storeState } from './store-state.ts'
import { verifyChunk } from './verifier.ts'

/** Puts under way at once. */
const ARCHIVE_CONCURRENCY = 4
/** One run works at most this long. */
const WORK_MS = 10_000

/** How the try of a chunk ended; `partly` when some sources of unknown keys have theirs. */
type Ending = 'done' | 'partly' | 'failed'

/** Brings planned chunks into the archive; waits for R2 only, never for a destination or a snapshot. */
export class Archiver {
  readonly #parts: OutboxParts
  readonly #onArchived: (chunk: Chunk) => void
  readonly #retry = new Retry()
  #working: Promise<void> | null = null
  /** No chunk up to this number is planned still. */
  #archivedTo = 0
  /** Chunks that failed, the longest ago first: they come after all others, and none always first. */
  readonly #failed = new Set<number>()

  constructor(parts: OutboxParts, onArchived: (chunk: Chunk) => void) {
    this.#parts = parts
    this.#onArchived = onArchived
  }

  /** When it is to run next, `netAtMs` while it runs; null while all is archived. */
  dueAtMs(netAtMs: number): number | null {
    const { done } = this.#planned().next()
    if (done) return null
    return this.#working === null ? this.#retry.atMs : netAtMs
  }

  /** Archives what is planned, unless R2 failed a moment ago; two callers share one run. */
  work(): Promise<void> {
    if (this.#working === null && this.#retry.atMs > Date.now()) return Promise.resolve()
    this.#working ??= this.#workOff().finally(() => {
      this.#working = null
    })
    return this.#working
  }

  /** A chunk that fails stops no other. */
  async #workOff(): Promise<void> {
    const untilMs = Date.now() + WORK_MS
    const tried = new Set<number>()
    let isDone = true
    const snapshot = this.#askForSnapshot()
    while (Date.now() < untilMs) {
      const chunks = this.#choose(tried)
      if (chunks.length === 0) break
      const endings = await Promise.all(chunks.map((chunk) => this.#archive(chunk, snapshot)))
      for (const [index, { seq }] of chunks.entries()) {
        tried.add(seq)
        this.#failed.delete(seq)
        if (endings[index] === 'done') continue
        this.#failed.add(seq)
        isDone = false
      }
      // The others would fail as well, and each try compresses a chunk.
      if (endings.every((ending) => ending === 'failed')) break
    }
    this.#retry.note(isDone, { nowMs: Date.now(), jitter: Math.random() })
  }

  #choose(tried: ReadonlySet<number>): Chunk[] {
    const chosen: Chunk[] = []
    for (const chunk of this.#inTurn()) {
      if (chosen.length === ARCHIVE_CONCURRENCY) break
      if (!tried.has(chunk.seq)) chosen.push(chunk)
    }
    return chosen
  }

  *#inTurn(): Generator<Chunk, void> {
    for (const chunk of this.#planned()) if (!this.#failed.has(chunk.seq)) yield chunk
    const { open } = this.#parts.memory
    for (const chunk of [...this.#failed].map((seq) => open.get(seq))) {
      if (chunk?.state === 'planned') yield chunk
    }
  }

  /** The chunks to archive, oldest first; those that only wait for a destination are passed once. */
  *#planned(): Generator<Chunk, void> {
    const { open, nextChunk } = this.#parts.memory
    const [oldest = nextChunk] = open.keys()
    this.#archivedTo = Math.max(this.#archivedTo, oldest - 1)
    for (let seq = this.#archivedTo + 1; seq < nextChunk; seq += 1) {
      const chunk = open.get(seq)
      if (chunk?.state === 'planned') yield chunk
      else if (this.#archivedTo === seq - 1) this.#archivedTo = seq
    }
  }

  /** What comes in time saves a chunk a row: its destinations are fixed with its state. */
  #askForSnapshot(): () => Snapshot | null {
    let snapshot: Snapshot | null = null
    if (this.#parts.source === UNVERIFIED) return () => null
    snapshotWithin(this.#parts.workspace.snapshot()).then(
      (read) => {
        snapshot = read
      },
      () => {}, // routing asks again, and reports
    )
    return () => snapshot
  }

  /** Puts a chunk's object; its log rows go only then. */
  async #archive(chunk: Chunk, snapshot: () => Snapshot | null): Promise<Ending> {
    try {
      if (this.#parts.source === UNVERIFIED) return await this.#verify(chunk)
      const lines = chunkLines([...this.#parts.store.readCommits(chunk.from, chunk.to)])
      if (lines.length > 0) await archiveChunk(this.#parts.env.ARCHIVE, chunk, lines)
      const destinations = this.#owedTo(chunk, snapshot())
      const archived: Chunk = { ...chunk, state: 'archived', destinations }
      storeState(archived, this.#parts)
      this.#onArchived(archived)
      return 'done'
    } catch (error) {
      const code = this.#parts.source === UNVERIFIED ? 'VERIFY_FAILED' : 'ARCHIVE_FAILED'
      reportFailure(code, { key: chunk.key }, error)
      return 'failed'
    }
  }

  /** Brings the events of unknown keys to their end. */
  async #verify(chunk: Chunk): Promise<Ending> {
    const verified = await verifyChunk(chunk, this.#parts)
    if (verified.state === 'planned') {
      this.#parts.memory.setState(verified)
      const [before, after] = [chunk, verified].map(({ verdict }) => verdict?.answered.length ?? 0)
      return before === after ? 'failed' : 'partly'
    }
    storeState(verified, this.#parts)
    this.#parts.memory.recount(chunk.counts, verified.counts)
    return 'done'
  }

  #owedTo(chunk: Chunk, snapshot: Snapshot | null): readonly string[] | null {
    if (chunk.lines === 0) return []
    if (snapshot === null) return null
    return recipientsOf(snapshot, this.#parts.source)
  }
}
