import type { OwedChunk } from '../destination/ledger.ts'
import { reportFailure } from '../report.ts'
import { within } from '../within.ts'
import { Retry } from './retry.ts'

const OWE_LIMIT_MS = 10_000
/** Most chunks of one call: after an outage the ledger must not be held up by one insert of thousands. */
const MAX_CHUNKS = 64

/** One destination as its lane sees it. */
export interface LaneParts {
  readonly destination: string
  readonly owe: (chunks: readonly OwedChunk[]) => Promise<void>
  readonly onAnswered: (chunk: OwedChunk) => void
  /** Runs when the lane has stopped. */
  readonly afterwards: () => void
}

/** What one destination is still to be told of: one call at a time, and a back-off of its own. */
export class OweLane {
  readonly #parts: LaneParts
  /** By number; who has answered is not asked again while this object lives. */
  readonly #owed = new Map<number, OwedChunk>()
  readonly #retry = new Retry()
  #working: Promise<void> | null = null

  constructor(parts: LaneParts) {
    this.#parts = parts
  }

  add(chunk: OwedChunk): void {
    this.#owed.set(chunk.chunk, chunk)
  }

  /** When it is to call next, `netAtMs` while it calls; null while nothing is owed. */
  dueAtMs(netAtMs: number): number | null {
    if (this.#owed.size === 0) return null
    return this.#working === null ? this.#retry.atMs : netAtMs
  }

  /** Calls until nothing is owed or a call fails; not before its time. Never rejects. */
  work(): Promise<void> {
    const isWaiting = this.#owed.size === 0 || this.#retry.atMs > Date.now()
    if (this.#working === null && isWaiting) return Promise.resolve()
    this.#working ??= this.#workOff().finally(() => {
      this.#working = null
      this.#parts.afterwards()
    })
    return this.#working
  }

  async #workOff(): Promise<void> {
    while (this.#owed.size > 0) {
      const chunks = [...this.#owed.values()].slice(0, MAX_CHUNKS)
      const isDone = await this.#owe(chunks)
      this.#retry.note(isDone, { nowMs: Date.now(), jitter: Math.random() })
      if (!isDone) return
      for (const chunk of chunks) {
        this.#owed.delete(chunk.chunk)
        this.#parts.onAnswered(chunk)
      }
    }
  }

  async #owe(chunks: readonly OwedChunk[]): Promise<boolean> {
    const { destination, owe } = this.#parts
    try {
      await within(OWE_LIMIT_MS, `owe to ${destination}`, owe(chunks))
      return true
    } catch (error) {
      reportFailure('OWE_FAILED', { destination, chunks: chunks.length }, error)
      return false
    }
  }
}
