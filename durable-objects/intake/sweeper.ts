import { type SweepParts, sweepSpool } from './sweep-spool.ts'

/** Asked by all sources, the unverified Intake lists its spool no more often than this. */
const EMPTY_FOR_MS = 60_000

/** Sweeps the spool of one Intake, one sweep at a time. */
export class Sweeper {
  readonly #parts: SweepParts
  #sweeping: Promise<boolean> | null = null
  /** When the last sweep began that found nothing left. */
  #emptyAtMs = 0

  constructor(parts: SweepParts) {
    this.#parts = parts
  }

  /** Takes in what is there; resolves to whether nothing is left. Two callers share one sweep. */
  sweep(): Promise<boolean> {
    this.#sweeping ??= this.#sweep().finally(() => {
      this.#sweeping = null
    })
    return this.#sweeping
  }

  /** Since when the spool is empty for all that is known, a minute ago at most; null if it is not. */
  async emptySinceMs(): Promise<number | null> {
    const isFresh = this.#emptyAtMs > Date.now() - EMPTY_FOR_MS
    return isFresh || (await this.sweep()) ? this.#emptyAtMs : null
  }

  async #sweep(): Promise<boolean> {
    const beganAtMs = Date.now()
    const isEmpty = await sweepSpool(this.#parts)
    this.#emptyAtMs = isEmpty ? beganAtMs : 0
    return isEmpty
  }
}
