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

/** Brings planned chunks into the archive; waits for R2 only, never for a destination or a snapshot. */
export class Archiver {
  readonly #parts: OutboxParts
  readonly #onArchived: (chunk: Chunk) => void
  readonly #retry = new Retry()
  #working: Promise<void> | null = null
  /** No chunk up to this number is planned still. */
  #archivedTo = 0

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
    const failed = new Set<number>()
    const snapshot = this.#askForSnapshot()
    while (Date.now() < untilMs) {
      const chunks = this.#choose(failed)
      if (chunks.length === 0) break
      const answers = await Promise.all(chunks.map((chunk) => this.#archive(chunk, snapshot)))
      for (const [index, { seq }] of chunks.entries()) if (!answers[index]) failed.add(seq)
      // The others would fail as well, and each try compresses a chunk.
      if (!answers.includes(true)) break
    }
    this.#retry.note(failed.size === 0, { nowMs: Date.now(), jitter: Math.random() })
  }

  #choose(failed: ReadonlySet<number>): Chunk[] {
    const chosen: Chunk[] = []
    for (const chunk of this.#planned()) {
      if (chosen.length === ARCHIVE_CONCURRENCY) break
      if (!failed.has(chunk.seq)) chosen.push(chunk)
    }
    return chosen
  }

  /** The chunks to archive, oldest first; those that only wait for a destination are passed once. */
  *#planned(): Generator<Chunk, void> {
    const { open, nextChunk } = this.#parts.memory()
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

  /** Puts a chunk's object; its log rows go only then. Answers whether that worked. */
  async #archive(chunk: Chunk, snapshot: () => Snapshot | null): Promise<boolean> {
    try {
      if (this.#parts.source === UNVERIFIED) return await this.#verify(chunk)
      const lines = chunkLines([...this.#parts.store.readCommits(chunk.from, chunk.to)])
      if (lines.length > 0) await archiveChunk(this.#parts.env.ARCHIVE, chunk, lines)
      const destinations = this.#owedTo(chunk, snapshot())
      const archived: Chunk = { ...chunk, state: 'archived', destinations }
      storeState(archived, this.#parts)
      this.#onArchived(archived)
      return true
    } catch (error) {
      const code = this.#parts.source === UNVERIFIED ? 'VERIFY_FAILED' : 'ARCHIVE_FAILED'
      reportFailure(code, { key: chunk.key }, error)
      return false
    }
  }

  /** Answers whether all events of unknown keys found their end. */
  async #verify(chunk: Chunk): Promise<boolean> {
    const verified = await verifyChunk(chunk, this.#parts)
    if (verified.state === 'planned') {
      this.#parts.memory().setState(verified)
      return false
    }
    storeState(verified, this.#parts)
    this.#parts.memory().recount(chunk.counts, verified.counts)
    return true
  }

  #owedTo(chunk: Chunk, snapshot: Snapshot | null): readonly string[] | null {
    if (chunk.lines === 0) return []
    if (snapshot === null) return null
    return recipientsOf(snapshot, this.#parts.source)
  }
}
