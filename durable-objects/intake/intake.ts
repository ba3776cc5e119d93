import { DurableObject } from 'cloudflare:workers'
import { crc32 } from 'node:zlib'
import { type Deployment, parseDeployment } from '../../worker/deployment.ts'
import type { OwedChunk } from '../destination/ledger.ts'
import { reportFailure } from '../report.ts'
import { within } from '../within.ts'
import { fixedWorkspace } from '../workspace/fixed-workspace.ts'
import { destinationsOf, type Snapshot, UNVERIFIED, type Workspace } from '../workspace/snapshot.ts'
import { archiveChunk } from './archive-chunk.ts'
import type { Chunk } from './chunk.ts'
import { chooseCommits, chunkLines, planChunk } from './chunk-plan.ts'
import { commitSegments } from './commit.ts'
import type { Counts } from './counts.ts'
import { IntakeMemory } from './intake-memory.ts'
import { IntakeStore } from './intake-store.ts'
import { nextAlarmMs } from './next-alarm.ts'
import { verifyChunk } from './verifier.ts'

/** Puts under way at once. */
const ARCHIVE_CONCURRENCY = 4
/** One alarm works at most this long, then arms the next. */
const WORK_MS = 10_000
const OWE_LIMIT_MS = 10_000
const SNAPSHOT_LIMIT_MS = 10_000
/** Ids are compared for at least 24 h; the rest covers what is still on its way. */
const REMEMBER_MS = 25 * 3_600_000
/** Rows are forgotten an hour's worth at a time, because the ids are then read anew. */
const FORGET_EVERY_MS = 3_600_000

/** What an Intake has received since it exists, and how much of it lies in the archive. */
export interface IntakeTotals extends Counts {
  readonly archived: number
}

/** The log of one source: what was received, once. Named `{source}:{region}:{shard}`. */
export class Intake extends DurableObject<Env> {
  readonly #deployment: Deployment
  readonly #workspace: Workspace
  readonly #store: IntakeStore
  readonly #name: string
  readonly #intake: string
  #memory: IntakeMemory
  #alarmAtMs: number | null = null
  #failures = 0
  #working: Promise<void> | null = null

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#deployment = parseDeployment(env)
    this.#workspace = fixedWorkspace(this.#deployment)
    this.#store = new IntakeStore(ctx.storage)
    this.#name = ctx.id.name ?? ''
    this.#intake = `${this.#name.replaceAll(':', '.')}.${this.#store.epoch()}`
    this.#memory = this.#readMemory()
    ctx.blockConcurrencyWhile(async () => {
      this.#alarmAtMs = await ctx.storage.getAlarm()
      this.#arm()
    })
  }

  /**
   * Appends encoded segments to the log; the answer leaves when they are on disk. A segment that
   * cannot be read comes from another version of this script: then nothing is written.
   */
  append(segments: readonly Uint8Array[]): { state: 'durable' | 'unreadable' } {
    let bodies: Uint8Array[]
    try {
      bodies = commitSegments(segments, this.#memory.seen, Date.now())
    } catch (error) {
      reportFailure('SEGMENT_UNREADABLE', { intake: this.#name }, error)
      return { state: 'unreadable' }
    }
    if (bodies.length > 0) {
      this.#write(bodies)
      if (this.#plan(false)) this.ctx.waitUntil(this.#work())
      this.#arm()
    }
    return { state: 'durable' }
  }

  /** Everything received since the Intake exists, by how it ended. */
  totals(): IntakeTotals {
    return { ...this.#memory.totals, archived: this.#memory.archived }
  }

  /** Does what is due, in case an alarm was lost. */
  async nudge(): Promise<void> {
    await this.alarm()
  }

  override async alarm(): Promise<void> {
    this.#alarmAtMs = null
    for (const step of [() => this.#plan(true), () => this.#work(), () => this.#forget()]) {
      try {
        await step()
      } catch (error) {
        this.#fail('INTAKE_ALARM_FAILED', {}, error)
      }
    }
    this.#arm()
  }

  #readMemory(): IntakeMemory {
    const memory = new IntakeMemory(this.#store.sumHours(), this.#store.readChunks())
    const unplanned = this.#store.readCommits(memory.nextCommit, Number.MAX_SAFE_INTEGER)
    for (const commit of unplanned) memory.addCommit(commit)
    return memory
  }

  /** One synchronous step; memory changes only after the rows are written. */
  #write(bodies: readonly Uint8Array[]): void {
    const first = this.#memory.nextCommit
    try {
      this.#store.insertCommits(first, bodies)
      const last = first + bodies.length - 1
      for (const commit of this.#store.readCommits(first, last)) this.#memory.addCommit(commit)
    } catch (error) {
      reportFailure('INTAKE_STORAGE_FAILED', { intake: this.#name }, error)
      this.ctx.abort('the log could not be written')
    }
  }

  /** Plans all full chunks, and at an alarm (`isDue`) the rest too; never waits for anything. */
  #plan(isDue: boolean): boolean {
    let hasPlanned = false
    for (;;) {
      const { pending, nextChunk } = this.#memory
      const [oldest] = pending
      const nowMs = Date.now()
      const isForced = isDue && oldest !== undefined && oldest.atMs + this.#sealMs <= nowMs
      const last = pending[chooseCommits(pending, isForced) - 1]
      if (oldest === undefined || last === undefined) return hasPlanned
      const commits = [...this.#store.readCommits(oldest.n, last.n)]
      const chunk = planChunk(commits, { seq: nextChunk, nowMs, intake: this.#intake, crc32 })
      this.#store.insertChunk(chunk)
      this.#memory.addPlanned(chunk)
      hasPlanned = true
    }
  }

  /** Archives and routes what is open; two callers share one run. */
  #work(): Promise<void> {
    this.#working ??= this.#workOff().finally(() => {
      this.#working = null
      this.#arm()
    })
    return this.#working
  }

  /** Archives all it can before it routes: archiving waits for R2 only, never for a destination. */
  async #workOff(): Promise<void> {
    const read = within(SNAPSHOT_LIMIT_MS, 'snapshot', this.#workspace.snapshot())
    const snapshot = await read.catch((error) => {
      reportFailure('SNAPSHOT_UNREADABLE', { intake: this.#name }, error)
      return null // archiving goes on; routing waits
    })
    const isArchived = await this.#archiveAll(snapshot)
    const isRouted = await this.#route(snapshot)
    this.#failures = isArchived && isRouted ? 0 : this.#failures + 1
  }

  /** Answers whether every planned chunk is in the archive; one that fails stops no other. */
  async #archiveAll(snapshot: Snapshot | null): Promise<boolean> {
    const untilMs = Date.now() + WORK_MS
    const failed = new Set<number>()
    while (Date.now() < untilMs) {
      const planned = [...this.#memory.open.values()]
        .filter(({ state, seq }) => state === 'planned' && !failed.has(seq))
        .slice(0, ARCHIVE_CONCURRENCY)
      if (planned.length === 0) break
      const answers = await Promise.all(planned.map((chunk) => this.#archive(chunk, snapshot)))
      for (const [index, { seq }] of planned.entries()) if (!answers[index]) failed.add(seq)
    }
    return failed.size === 0
  }

  /** Puts a chunk's object; its log rows go only then. Answers whether that worked. */
  async #archive(chunk: Chunk, snapshot: Snapshot | null): Promise<boolean> {
    try {
      if (this.#source === UNVERIFIED) return await this.#verify(chunk)
      const lines = chunkLines([...this.#store.readCommits(chunk.from, chunk.to)])
      if (lines.length > 0) await archiveChunk(this.env.ARCHIVE, chunk, lines)
      this.#setState({ ...chunk, state: 'archived', destinations: this.#owedTo(chunk, snapshot) })
      return true
    } catch (error) {
      const code = this.#source === UNVERIFIED ? 'VERIFY_FAILED' : 'ARCHIVE_FAILED'
      reportFailure(code, { key: chunk.key }, error)
      return false
    }
  }

  /** Answers whether all events of unknown keys found their end. */
  async #verify(chunk: Chunk): Promise<boolean> {
    const parts = { env: this.env, store: this.#store, workspace: this.#workspace }
    const verified = await verifyChunk(chunk, parts)
    if (verified.state === 'planned') {
      this.#memory.setState(verified)
      return false
    }
    this.#setState(verified)
    this.#memory.recount(chunk.counts, verified.counts)
    return true
  }

  /** Registers archived chunks with their destinations, one call each. Answers whether all took them. */
  async #route(snapshot: Snapshot | null): Promise<boolean> {
    const archived = [...this.#memory.open.values()].filter(({ state }) => state === 'archived')
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
      .map(({ seq, key, lines }) => ({ intake: this.#intake, chunk: seq, key, lines }))
    try {
      const stub = this.env.DESTINATION.getByName(destination)
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
    return destinationsOf(snapshot, this.#source).map(({ id }) => id)
  }

  get #source(): string {
    return this.#name.split(':')[0] ?? ''
  }

  #setState(chunk: Chunk): void {
    this.#store.updateChunk(chunk)
    this.#memory.setState(chunk)
  }

  /** Forgets chunk rows past their 25 h; the newest stays, because the next numbers come from it. */
  #forget(): void {
    if ((this.#forgetAtMs() ?? Number.POSITIVE_INFINITY) > Date.now()) return
    const forgettable = this.#memory.routed.filter(
      ({ seq, plannedAtMs }) =>
        seq !== this.#memory.nextChunk - 1 && plannedAtMs < Date.now() - REMEMBER_MS,
    )
    this.#store.forgetChunks(forgettable)
    this.#memory = this.#readMemory()
  }

  #forgetAtMs(): number | null {
    const oldest = this.#memory.routed.find(({ seq }) => seq !== this.#memory.nextChunk - 1)
    return oldest === undefined ? null : oldest.plannedAtMs + REMEMBER_MS + FORGET_EVERY_MS
  }

  get #sealMs(): number {
    return this.#deployment.sealSeconds * 1_000
  }

  /** Sets the alarm to the next thing due, unless one is set for then or before. */
  #arm(): void {
    const atMs = nextAlarmMs({
      nowMs: Date.now(),
      sealMs: this.#sealMs,
      hasOpenChunk: this.#memory.open.size > 0,
      isWorking: this.#working !== null,
      failures: this.#failures,
      oldestPendingAtMs: this.#memory.pending[0]?.atMs ?? null,
      forgetAtMs: this.#forgetAtMs(),
      jitter: Math.random(),
    })
    if (atMs === null || (this.#alarmAtMs !== null && this.#alarmAtMs <= atMs)) return
    this.#alarmAtMs = atMs
    void this.ctx.storage.setAlarm(atMs)
  }

  #fail(code: string, where: object, error: unknown): void {
    this.#failures += 1
    reportFailure(code, { intake: this.#name, ...where }, error)
  }
}
