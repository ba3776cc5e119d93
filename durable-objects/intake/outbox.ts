import type { OwedChunk } from '../destination/ledger.ts'
import { reportFailure } from '../report.ts'
import { within } from '../within.ts'
import { destinationsOf, type Snapshot, UNVERIFIED, type Workspace } from '../workspace/snapshot.ts'
import { snapshotWithin } from '../workspace/snapshot-within.ts'
import { archiveChunk } from './archive-chunk.ts'
import type { Chunk } from './chunk.ts'
import { chunkLines } from './chunk-plan.ts'
import type { IntakeMemory } from './intake-memory.ts'
import type { IntakeStore } from './intake-store.ts'
import { verifyChunk } from './verifier.ts'

/** Puts under way at once. */
const ARCHIVE_CONCURRENCY = 4
/** One run works at most this long. */
const WORK_MS = 10_000
const OWE_LIMIT_MS = 10_000

/** The Intake that an outbox works for. */
export interface OutboxParts {
  readonly env: Env
  readonly store: IntakeStore
  readonly workspace: Workspace
  /** Rebuilt now and then, so asked for each time. */
  readonly memory: () => IntakeMemory
  /** The object's name, its source, and `{source}.{region}.{shard}.{epoch}`. */
  readonly name: string
  readonly source: string
  readonly intake: string
}

/** Brings planned chunks into the archive and to their destinations, again and again until all are there. */
export class Outbox {
  /** Failed runs in a row. */
  failures = 0
  readonly #parts: OutboxParts
  #working: Promise<void> | null = null

  constructor(parts: OutboxParts) {
    this.#parts = parts
  }

  get isWorking(): boolean {
    return this.#working !== null
  }

  /** Archives and routes what is open; two callers share one run. */
  work(): Promise<void> {
    this.#working ??= this.#workOff().finally(() => {
      this.#working = null
    })
    return this.#working
  }

  /** Archives all it can before it routes: archiving waits for R2 only, never for a destination. */
  async #workOff(): Promise<void> {
    const read = snapshotWithin(this.#parts.workspace.snapshot())
    const snapshot = await read.catch((error) => {
      reportFailure('SNAPSHOT_UNREADABLE', { intake: this.#parts.name }, error)
      return null // archiving goes on; routing waits
    })
    const isArchived = await this.#archiveAll(snapshot)
    const isRouted = await this.#route(snapshot)
    this.failures = isArchived && isRouted ? 0 : this.failures + 1
  }

  /** Answers whether every planned chunk is in the archive; one that fails stops no other. */
  async #archiveAll(snapshot: Snapshot | null): Promise<boolean> {
    const untilMs = Date.now() + WORK_MS
    const failed = new Set<number>()
    while (Date.now() < untilMs) {
      const planned = [...this.#parts.memory().open.values()]
        .filter(({ state, seq }) => state === 'planned' && !failed.has(seq))
        .slice(0, ARCHIVE_CONCURRENCY)
      if (planned.length === 0) break
      const answers = await Promise.all(planned.map((chunk) => this.#archive(chunk, snapshot)))
      for (const [index, { seq }] of planned.entries()) if (!answers[index]) failed.add(seq)
      // The others would fail as well, and each try compresses a chunk.
      if (!answers.includes(true)) break
    }
    return failed.size === 0
  }

  /** Puts a chunk's object; its log rows go only then. Answers whether that worked. */
  async #archive(chunk: Chunk, snapshot: Snapshot | null): Promise<boolean> {
    try {
      if (this.#parts.source === UNVERIFIED) return await this.#verify(chunk)
      const lines = chunkLines([...this.#parts.store.readCommits(chunk.from, chunk.to)])
      if (lines.length > 0) await archiveChunk(this.#parts.env.ARCHIVE, chunk, lines)
      this.#setState({ ...chunk, state: 'archived', destinations: this.#owedTo(chunk, snapshot) })
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
    this.#setState(verified)
    this.#parts.memory().recount(chunk.counts, verified.counts)
    return true
  }

  /** Registers archived chunks with their destinations, one call each. Answers whether all took them. */
  async #route(snapshot: Snapshot | null): Promise<boolean> {
    const archived = [...this.#parts.memory().open.values()].filter(
      ({ state }) => state === 'archived',
    )
    const chunks = archived.map((chunk) => this.#fixDestinations(chunk, snapshot))
    const destinations = new Set(chunks.flatMap((chunk) => chunk.destinations ?? []))
    const answers = await Promise.all([...destinations].map((each) => this.#owe(each, chunks)))
    const silent = new Set([...destinations].filter((_, index) => !answers[index]))
    for (const chunk of chunks) {
      if (chunk.destinations?.every((each) => !silent.has(each))) {
        this.#setState({ ...chunk, state: 'routed' })
      }
    }
    return silent.size === 0 && chunks.every((chunk) => chunk.destinations !== null)
  }

  /** A chunk is owed to the destinations of one snapshot, whatever is edited later: stored first. */
  #fixDestinations(chunk: Chunk, snapshot: Snapshot | null): Chunk {
    const destinations = chunk.destinations ?? this.#owedTo(chunk, snapshot)
    if (destinations === chunk.destinations) return chunk
    const fixed = { ...chunk, destinations }
    this.#setState(fixed)
    return fixed
  }

  async #owe(destination: string, chunks: readonly Chunk[]): Promise<boolean> {
    const owed: OwedChunk[] = chunks
      .filter((chunk) => chunk.destinations?.includes(destination))
      .map(({ seq, key, lines }) => ({ intake: this.#parts.intake, chunk: seq, key, lines }))
    try {
      const stub = this.#parts.env.DESTINATION.getByName(destination)
      await within(OWE_LIMIT_MS, `owe to ${destination}`, stub.owe(owed))
      return true
    } catch (error) {
      reportFailure('OWE_FAILED', { destination, chunks: owed.length }, error)
      return false
    }
  }

  #owedTo(chunk: Chunk, snapshot: Snapshot | null): readonly string[] | null {
    if (chunk.lines === 0) return []
    if (snapshot === null) return null
    return destinationsOf(snapshot, this.#parts.source).map(({ id }) => id)
  }

  #setState(chunk: Chunk): void {
    const bytes = this.#parts.store.chunkBytes(chunk)
    this.#parts.store.updateChunk(chunk)
    this.#parts.memory().logBytes -= bytes
    this.#parts.memory().setState(chunk)
  }
}
