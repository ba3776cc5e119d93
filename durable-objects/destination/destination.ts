import { DurableObject } from 'cloudflare:workers'
import { encodePointer } from '../../queues/pointer.ts'
import { type Deployment, parseDeployment } from '../../worker/deployment.ts'
import { reportFailure } from '../report.ts'
import { within } from '../within.ts'
import { PROFILES } from '../workspace/snapshot.ts'
import {
  type Begin,
  beginSlice,
  type Fates,
  type OwedChunk,
  openSlice,
  type Settlement,
  type Slice,
  settleSlice,
  wakeAtMs,
} from './ledger.ts'
import { SliceStore } from './slice-store.ts'
import { sumFates } from './sum-fates.ts'

/** Most messages of one `sendBatch`, by the platform. */
const MAX_POINTERS = 100
const SEND_LIMIT_MS = 5_000
const RESEND_AFTER_MS = 5_000
const KEEP_SETTLED_MS = 30 * 86_400_000
const FORGET_EVERY_MS = 86_400_000

/** A slice by its key. */
export type SliceKey = Pick<OwedChunk, 'intake' | 'chunk'>

/** What a settlement left: when the slice is due again, null if nothing is owed. */
export interface Settled {
  readonly nextAtMs: number | null
}

/** Where a destination stands: how its events ended, and what is still owed. */
export interface DestinationState extends Fates {
  readonly owed: number
}

/** The ledger of one destination: what is owed, delivered, dead. Named by the destination's id. */
export class Destination extends DurableObject<Env> {
  readonly #deployment: Deployment
  readonly #store: SliceStore
  readonly #name: string
  readonly #owed = new Map<string, Slice>()
  /** When a pointer last touched a slice; nothing is known of that after a start. */
  readonly #touchedAtMs = new Map<string, number>()
  #alarmAtMs: number | null = null
  #sendAfterMs = 0
  /** Due at once after a start: an object that nobody calls lives for minutes only. */
  #forgetAtMs = 0

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#deployment = parseDeployment(env)
    this.#store = new SliceStore(ctx.storage.sql)
    this.#name = ctx.id.name ?? ''
    for (const slice of this.#store.readOwed()) this.#owed.set(keyOf(slice), slice)
    ctx.blockConcurrencyWhile(async () => {
      this.#alarmAtMs = await ctx.storage.getAlarm()
      this.#arm()
    })
  }

  /** Registers chunks, each once however often it is called; pointers follow after the answer. */
  owe(chunks: readonly OwedChunk[]): void {
    const nowMs = Date.now()
    const opened = chunks.filter((chunk) => this.#store.read(chunk) === undefined)
    for (const chunk of opened) this.#write(openSlice(chunk, nowMs))
    this.ctx.waitUntil(this.#wake())
    this.#arm()
  }

  /** Answers for each pointer whether to go, to wait or to forget it. */
  begin(keys: readonly SliceKey[]): Begin[] {
    const nowMs = Date.now()
    const leaseMs = this.#deployment.leaseSeconds * 1_000
    const answers = keys.map((key) => {
      const before = this.#owed.get(keyOf(key)) ?? this.#store.read(key)
      const { answer, slice } = beginSlice(before, { nowMs, leaseMs, token: crypto.randomUUID() })
      if (slice !== undefined && slice !== before) this.#write(slice)
      if (answer.kind !== 'done') this.#touchedAtMs.set(keyOf(key), nowMs)
      return answer
    })
    this.#arm()
    return answers
  }

  /** Records the facts of a run and gives its lease back; answers when the rest is due, if any is. */
  settle(key: SliceKey, settlement: Settlement & { readonly token: string }): Settled {
    const nowMs = Date.now()
    const before = this.#owed.get(keyOf(key)) ?? this.#store.read(key)
    if (before === undefined || before.state === 'settled') return { nextAtMs: null }
    const slice = settleSlice(before, settlement, { nowMs, jitter: Math.random() })
    this.#write(slice)
    this.#touchedAtMs.set(keyOf(key), nowMs)
    this.#arm()
    return { nextAtMs: slice.state === 'settled' ? null : slice.nextAtMs }
  }

  /** Where the destination stands, by counting its slices. */
  state(): DestinationState {
    return sumFates(this.#store.readAll())
  }

  /** Wakes what is due, in case an alarm was lost. */
  async nudge(): Promise<void> {
    await this.alarm()
  }

  override async alarm(): Promise<void> {
    this.#alarmAtMs = null
    await this.#wake()
    if (this.#forgetAtMs <= Date.now()) {
      this.#store.forget(Date.now() - KEEP_SETTLED_MS)
      this.#forgetAtMs = Date.now() + FORGET_EVERY_MS
    }
    this.#arm()
  }

  /** Sends a pointer for each slice that is due and that none has touched. Never throws. */
  async #wake(): Promise<void> {
    const nowMs = Date.now()
    const due = [...this.#owed.values()].filter((slice) => this.#wakeAtMs(slice) <= nowMs)
    // Marked before the first await: another wake-up meanwhile must not send them again.
    for (const slice of due) this.#touchedAtMs.set(keyOf(slice), nowMs)
    for (let at = 0; at < due.length; at += MAX_POINTERS) {
      if (await this.#send(due.slice(at, at + MAX_POINTERS))) continue
      for (const slice of due.slice(at)) this.#touchedAtMs.delete(keyOf(slice))
      this.#sendAfterMs = Date.now() + RESEND_AFTER_MS
      return this.#arm()
    }
  }

  get #queue(): Queue {
    return this.#name === PROFILES ? this.env.PROFILES : this.env.DELIVERIES
  }

  async #send(slices: readonly Slice[]): Promise<boolean> {
    const messages = slices.map((slice) => ({
      body: encodePointer({ destination: this.#name, ...slice }),
    }))
    try {
      await within(SEND_LIMIT_MS, 'sendBatch', this.#queue.sendBatch(messages))
      return true
    } catch (error) {
      reportFailure('POINTER_SEND_FAILED', { destination: this.#name }, error)
      return false
    }
  }

  #write(slice: Slice): void {
    this.#store.write(slice)
    if (slice.state === 'owed') this.#owed.set(keyOf(slice), slice)
    else {
      this.#owed.delete(keyOf(slice))
      this.#touchedAtMs.delete(keyOf(slice))
    }
  }

  #wakeAtMs(slice: Slice): number {
    const touchedAtMs = this.#touchedAtMs.get(keyOf(slice)) ?? null
    const atMs = wakeAtMs(slice, touchedAtMs, this.#deployment.wakeSeconds * 1_000)
    return Math.max(atMs, this.#sendAfterMs)
  }

  /** Sets the alarm to the first slice that will need a pointer, unless one is set before that. */
  #arm(): void {
    if (this.#owed.size === 0) return
    let firstMs = Number.POSITIVE_INFINITY
    for (const slice of this.#owed.values()) firstMs = Math.min(firstMs, this.#wakeAtMs(slice))
    const atMs = Math.max(Date.now() + 1, firstMs)
    if (this.#alarmAtMs !== null && this.#alarmAtMs <= atMs) return
    this.#alarmAtMs = atMs
    void this.ctx.storage.setAlarm(atMs)
  }
}

const keyOf = ({ intake, chunk }: SliceKey): string => `${intake}/${chunk}`
