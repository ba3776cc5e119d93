import { reportFailure } from '../report.ts'
import { within } from '../within.ts'
import { recipientsOf } from '../workspace/snapshot.ts'
import { snapshotWithin } from '../workspace/snapshot-within.ts'
import type { Chunk } from './chunk.ts'
import type { OutboxParts } from './outbox.ts'
import { OweLane } from './owe-lane.ts'
import { Retry } from './retry.ts'
import { storeState } from './store-state.ts'

/** Destinations answer in tens of milliseconds; nobody waits longer for one that does not. */
const PATIENCE_MS = 1_000

/** An archived chunk, and who has not answered for it yet. */
interface Open {
  readonly chunk: Chunk
  readonly silent: Set<string>
}

/** Registers archived chunks with their destinations, each in a lane of its own. */
export class Router {
  readonly #parts: OutboxParts
  readonly #lanes = new Map<string, OweLane>()
  readonly #open = new Map<number, Open>()
  /** Archived while there was no snapshot. */
  readonly #unfixed = new Map<number, Chunk>()
  /** All have answered; their rows do not say so yet. */
  readonly #answered = new Map<number, Chunk>()
  /** Of what is neither R2's nor a destination's: the snapshot and the rows. */
  readonly #retry = new Retry()
  #fixing: Promise<void> | null = null

  constructor(parts: OutboxParts) {
    this.#parts = parts
    for (const chunk of parts.memory.open.values()) {
      if (chunk.state === 'archived') this.add(chunk)
    }
  }

  /** Takes in a chunk that is archived. */
  add(chunk: Chunk): void {
    const { seq, key, lines, destinations } = chunk
    if (destinations === null) {
      this.#unfixed.set(seq, chunk)
      return
    }
    if (destinations.length === 0) {
      this.#answered.set(seq, chunk)
      return
    }
    this.#open.set(seq, { chunk, silent: new Set(destinations) })
    const owed = { intake: this.#parts.intake, chunk: seq, key, lines }
    for (const destination of destinations) this.#laneOf(destination).add(owed)
  }

  /** When there is something to do next, `netAtMs` for what is under way; null when all is routed. */
  dueAtMs(netAtMs: number): number | null {
    const isOwnDue = this.#unfixed.size > 0 || this.#answered.size > 0
    const own = this.#fixing === null ? this.#retry.atMs : netAtMs
    const lanes = [...this.#lanes.values()].map((lane) => lane.dueAtMs(netAtMs))
    const times = [isOwnDue ? own : null, ...lanes].filter((time) => time !== null)
    return times.length === 0 ? null : Math.min(...times)
  }

  /** Does what is due; resolves when that has ended or takes long. Never rejects. */
  work(): Promise<void> {
    const ended = Promise.all([this.#oweAll(), this.#settleOwn().then(() => this.#oweAll())])
    return within(PATIENCE_MS, 'routing', ended).then(
      () => {},
      () => {}, // goes on by itself
    )
  }

  async #oweAll(): Promise<void> {
    await Promise.all([...this.#lanes.values()].map((lane) => lane.work()))
  }

  #settleOwn(): Promise<void> {
    const isDone = this.#unfixed.size === 0 && this.#answered.size === 0
    const isWaiting = isDone || this.#retry.atMs > Date.now()
    if (this.#fixing === null && isWaiting) return Promise.resolve()
    this.#fixing ??= this.#fixDestinations().finally(() => {
      this.#fixing = null
      this.#parts.afterwards()
    })
    return this.#fixing
  }

  /** A chunk is owed to the destinations of one snapshot, whatever is edited later: stored first. */
  async #fixDestinations(): Promise<void> {
    let isDone = true
    try {
      if (this.#unfixed.size > 0) {
        const snapshot = await snapshotWithin(this.#parts.workspace.snapshot())
        const found = recipientsOf(snapshot, this.#parts.source)
        for (const chunk of [...this.#unfixed.values()])
          this.#fix({ ...chunk, destinations: found })
      }
    } catch (error) {
      isDone = false
      reportFailure('SNAPSHOT_UNREADABLE', { intake: this.#parts.name }, error)
    }
    this.#retry.note(this.#storeRouted() && isDone, { nowMs: Date.now(), jitter: Math.random() })
  }

  #fix(chunk: Chunk): void {
    storeState(chunk, this.#parts)
    this.#unfixed.delete(chunk.seq)
    this.add(chunk)
  }

  #laneOf(destination: string): OweLane {
    const { env, afterwards } = this.#parts
    const lane =
      this.#lanes.get(destination) ??
      new OweLane({
        destination,
        owe: async (chunks) => env.DESTINATION.getByName(destination).owe(chunks),
        onAnswered: ({ chunk }) => this.#hear(destination, chunk),
        afterwards,
      })
    this.#lanes.set(destination, lane)
    return lane
  }

  #hear(destination: string, seq: number): void {
    const open = this.#open.get(seq)
    open?.silent.delete(destination)
    if (open === undefined || open.silent.size > 0) return
    this.#open.delete(seq)
    this.#answered.set(seq, open.chunk)
    this.#storeRouted()
  }

  /** Answers whether the rows of all chunks say `routed` whose destinations have answered. */
  #storeRouted(): boolean {
    try {
      for (const [seq, chunk] of this.#answered) {
        storeState({ ...chunk, state: 'routed' }, this.#parts)
        this.#answered.delete(seq)
      }
      return true
    } catch (error) {
      reportFailure('ROUTED_UNSTORED', { intake: this.#parts.name }, error)
      return false
    }
  }
}
