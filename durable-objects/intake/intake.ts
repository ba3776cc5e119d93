import { crc32 } from 'node:zlib'
import { type Deployment, parseDeployment } from '../../worker/deployment.ts'
import type { Hash } from '../../worker/event/segment.ts'
import { hashText } from '../hash-text.ts'
import { reportFailure } from '../report.ts'
import { within } from '../within.ts'
import { fixedWorkspace } from '../workspace/fixed-workspace.ts'
import { sourceOf } from '../workspace/intake-name.ts'
import { UNVERIFIED } from '../workspace/snapshot.ts'
import { AppendGroup } from './append-group.ts'
import { isForwarded } from './ask-unverified.ts'
import { chooseCommits, planChunk } from './chunk-plan.ts'
import { commitSegments, type ReadSegment, readSegments } from './commit.ts'
import { MAX_LOG_BYTES } from './commit-window.ts'
import type { Counts } from './counts.ts'
import { findUserEvents, type UserEvents, type UserEventsFault } from './find-user-events.ts'
import { chooseForgettable, FORGET_RETRY_MS, forgetDueAtMs, REMEMBER_MS } from './forget-plan.ts'
import { HashIndex } from './hash-index.ts'
import { runDueAtMs } from './index-plan.ts'
import type { IntakeMemory } from './intake-memory.ts'
import { IntakeStore } from './intake-store.ts'
import {
  type Balance,
  findOccurrences,
  type LookUpParts,
  type Occurrence,
  readBalance,
  type TimeRange,
} from './look-up.ts'
import { nextAlarmMs } from './next-alarm.ts'
import { oldestWaitingMs } from './oldest-waiting.ts'
import { Outbox } from './outbox.ts'
import { readMemory } from './read-memory.ts'
import { Roller } from './roll-runs.ts'
import { RunStore } from './run-store.ts'
import { sealDelayMs } from './seal-delay.ts'
import { sealRuns } from './seal-runs.ts'
import { Sweeper } from './sweeper.ts'
import { WatchedObject } from './watched-object.ts'

/** Others are asked before ids are forgotten: an alarm that waits for them longer seals nothing meanwhile. */
const FORGET_PATIENCE_MS = 1_000

/** What an Intake has received since it exists, and how much of it lies in the archive. */
export interface IntakeTotals extends Counts {
  readonly archived: number
}

/** The log of one source: what was received, once. Named `{source}:{region}:{shard}`. */
export class Intake extends WatchedObject {
  readonly #deployment: Deployment
  readonly #store: IntakeStore
  readonly #index: HashIndex
  readonly #name: string
  readonly #intake: string
  readonly #group = new AppendGroup({
    write: (segments) => this.#commit(segments),
    afterwards: () => this.#planAhead(),
  })
  readonly #memory: IntakeMemory
  #alarmAtMs: number | null = null
  #alarmsUnderWay = 0
  /** In a row, by what the storage refused or could not read; those of others are the outbox's. */
  #failedAlarms = 0
  #forgetNotBeforeMs = 0
  readonly #sweeper: Sweeper
  readonly #outbox: Outbox
  readonly #roller: Roller

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#deployment = parseDeployment(env)
    this.#store = new IntakeStore(ctx.storage)
    this.#index = new HashIndex(new RunStore(ctx.storage))
    this.#name = ctx.id.name ?? ''
    this.#intake = `${this.#name.replaceAll(':', '.')}.${this.#store.epoch()}`
    this.#memory = readMemory(this.#store, this.#index)
    this.#sweeper = new Sweeper({
      bucket: env.ARCHIVE,
      name: this.#name,
      append: (segments) => this.append(segments, { urgent: true }),
    })
    this.#outbox = new Outbox({
      env,
      store: this.#store,
      workspace: fixedWorkspace(this.#deployment),
      memory: this.#memory,
      name: this.#name,
      source: sourceOf(this.#name),
      intake: this.#intake,
      afterwards: () => this.#armUnlessAlarmed(),
    })
    this.#roller = new Roller({ ...this.#lookUp, bucket: env.ARCHIVE })
    ctx.blockConcurrencyWhile(async () => {
      this.#alarmAtMs = await ctx.storage.getAlarm()
      this.#arm()
    })
  }

  /**
   * Appends encoded segments to the log; the answer leaves when they are on disk. A segment that
   * cannot be read comes from another version of this script: then nothing is written. `full` when too
   * much waits for the archive.
   */
  async append(
    segments: readonly Uint8Array[],
    { urgent = false }: { readonly urgent?: boolean } = {},
  ): Promise<{ state: 'durable' | 'unreadable' | 'full' }> {
    if (this.#memory.logBytes > MAX_LOG_BYTES) return { state: 'full' }
    let read: ReadSegment[]
    try {
      read = readSegments(segments)
    } catch (error) {
      reportFailure('SEGMENT_UNREADABLE', { intake: this.#name }, error)
      return { state: 'unreadable' }
    }
    await this.#group.append(read, urgent)
    return { state: 'durable' }
  }

  /** Everything received since the Intake exists, by how it ended. */
  totals(): IntakeTotals {
    return { ...this.#memory.totals, archived: this.#memory.archived }
  }

  /** Every time that a message id was received in the last 25 h. */
  receipts(messageId: string): Occurrence[] {
    const source = sourceOf(this.#name)
    return findOccurrences(hashText(`${source}\0${messageId}`), this.#lookUp)
  }

  /** Where the events of a person are who is known by some ids, each as `userId:x` or `anonymousId:x`. */
  userEvents(ids: readonly string[], startMs: number): Promise<UserEvents | UserEventsFault> {
    const parts = { ...this.#lookUp, bucket: this.env.ARCHIVE }
    return findUserEvents(ids.map(hashText), startMs, parts)
  }

  /** How everything ended that was received in a time. */
  balance(range: TimeRange): Balance {
    return readBalance(range, this.#lookUp)
  }

  /** Does what is due, in case an alarm was lost. */
  async nudge(): Promise<void> {
    await this.alarm()
  }

  /** Takes in what callers left in the spool; resolves to whether nothing is left. */
  async sweep(): Promise<boolean> {
    return this.#sweeper.sweep()
  }

  /** Of unknown keys: all that may be a source's and was received before this time is with its Intake. */
  async waitingSinceMs(source: string): Promise<number> {
    const emptySinceMs = await this.#sweeper.emptySinceMs()
    return emptySinceMs === null ? 0 : Math.min(emptySinceMs, oldestWaitingMs(source, this.#lookUp))
  }

  override async alarm(): Promise<void> {
    this.#alarmAtMs = null
    this.#alarmsUnderWay += 1
    const isPlanned = await this.#attempt(() => this.#plan(true))
    const isSealed = await this.#attempt(() => sealRuns(this.#lookUp, Date.now()))
    this.#failedAlarms = isPlanned && isSealed ? 0 : this.#failedAlarms + 1
    await this.#attempt(() => this.#outbox.work())
    const forgetting = this.#attempt(() => this.#forget()).finally(() => this.#armUnlessAlarmed())
    this.ctx.waitUntil(forgetting)
    await within(FORGET_PATIENCE_MS, 'forgetting', forgetting).catch(() => {}) // goes on by itself
    this.#alarmsUnderWay -= 1
    // Nobody waits for it: a large day takes R2 a minute.
    this.ctx.waitUntil(this.#roller.roll().finally(() => this.#arm()))
    this.#arm()
  }

  get #lookUp(): LookUpParts {
    const [store, index] = [this.#store, this.#index]
    return { store, index, memory: this.#memory, intake: this.#intake }
  }

  /** Writes a group of appends, in one synchronous step; memory changes only after the rows are there. */
  #commit(segments: readonly ReadSegment[]): void {
    const commits = commitSegments(segments, { has: (hash) => this.#isSeen(hash) }, Date.now())
    const first = this.#memory.nextCommit
    try {
      this.#store.insertCommits(
        first,
        commits.map(({ body }) => body),
      )
    } catch (error) {
      reportFailure('INTAKE_STORAGE_FAILED', { intake: this.#name }, error)
      this.ctx.abort('the log could not be written')
      throw error
    }
    for (const [index, { row, body }] of commits.entries()) {
      this.#memory.addCommit({ ...row, n: first + index, bytes: body.length })
    }
    this.tail.publish(commits)
  }

  /** What follows a commit; the commit stands whether it works or not. */
  #planAhead(): void {
    try {
      if (this.#plan(false)) this.ctx.waitUntil(this.#outbox.work().then(() => this.#arm()))
    } catch (error) {
      this.#failedAlarms += 1
      reportFailure('INTAKE_PLAN_FAILED', { intake: this.#name }, error)
    }
    this.#arm()
  }

  #isSeen(hash: Hash): boolean {
    return this.#memory.seen.has(hash) || this.#index.has(hash)
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

  /**
   * Forgets chunk rows past their 25 h, only after the spool and what waits under unknown keys were seen
   * empty: what lies there may be in the log already, and its ids tell.
   */
  async #forget(): Promise<void> {
    if ((this.#forgetAtMs() ?? Number.POSITIVE_INFINITY) > Date.now()) return
    this.#forgetNotBeforeMs = Date.now() + FORGET_RETRY_MS
    if (!(await this.sweep()) || !(await isForwarded(this.env, sourceOf(this.#name)))) return
    const { routed, nextChunk } = this.#memory
    const { sealedTo } = this.#index
    const moment = { newest: nextChunk - 1, sealedTo, nowMs: Date.now() }
    const forgettable = chooseForgettable(routed, moment)
    this.#store.forgetChunks(forgettable)
    this.#memory.forget(forgettable)
    this.#index.forget(moment.nowMs - REMEMBER_MS)
  }

  #forgetAtMs(): number | null {
    const dueAtMs = forgetDueAtMs(this.#memory.routed, this.#memory.nextChunk - 1)
    return dueAtMs === null ? null : Math.max(dueAtMs, this.#forgetNotBeforeMs)
  }

  get #sealMs(): number {
    return sealDelayMs({
      sealMs: this.#deployment.sealSeconds * 1_000,
      isFixed: this.#deployment.local !== null || sourceOf(this.#name) === UNVERIFIED,
      lastChunkEvents: this.#memory.lastChunkEvents,
      isWatched: this.ctx.getWebSockets().length > 0,
    })
  }

  /** What ends in an alarm leaves arming to that: others are under way, which would want one in case. */
  #armUnlessAlarmed(): void {
    if (this.#alarmsUnderWay === 0) this.#arm()
  }

  /** Sets the alarm to the next thing due, unless one is set for then or before. */
  #arm(): void {
    const [nowMs, sealMs] = [Date.now(), this.#sealMs]
    const atMs = nextAlarmMs({
      nowMs,
      sealMs,
      workAtMs: this.#outbox.dueAtMs(nowMs + sealMs),
      failedAlarms: this.#failedAlarms,
      oldestPendingAtMs: this.#memory.pending[0]?.atMs ?? null,
      sealRunAtMs: runDueAtMs(this.#memory.unsealed),
      forgetAtMs: this.#forgetAtMs(),
      rollAtMs: this.#roller.dueAtMs(Date.now()),
      jitter: Math.random(),
    })
    if (atMs === null || (this.#alarmAtMs !== null && this.#alarmAtMs <= atMs)) return
    this.#alarmAtMs = atMs
    void this.ctx.storage.setAlarm(atMs)
  }

  /** Answers whether a step of the alarm worked; one that fails stops no other. */
  async #attempt(step: () => unknown): Promise<boolean> {
    try {
      await step()
      return true
    } catch (error) {
      reportFailure('INTAKE_ALARM_FAILED', { intake: this.#name }, error)
      return false
    }
  }
}
