/** The first wait and the longest; each is twice the one before. */
export interface Backoff {
  readonly firstMs: number
  readonly maxMs: number
}

const USUAL: Backoff = { firstMs: 1_000, maxMs: 60_000 }

/** The moment of an attempt. */
export interface Moment {
  readonly nowMs: number
  /** A random number from 0 to 1, so that objects do not retry in step. */
  readonly jitter: number
}

/** How long to wait after so many failures in a row: up to a minute unless told otherwise. */
export function backoffMs(failures: number, jitter: number, backoff = USUAL): number {
  if (failures === 0) return 0
  const longest = Math.min(backoff.maxMs, backoff.firstMs * 2 ** (failures - 1))
  return longest * (0.5 + jitter / 2)
}

/** When something that may fail may be tried again. */
export class Retry {
  readonly #backoff: Backoff
  #failures = 0
  #atMs = 0

  constructor(backoff = USUAL) {
    this.#backoff = backoff
  }

  /** 0 unless the last attempt failed. */
  get atMs(): number {
    return this.#atMs
  }

  /** Takes in how an attempt ended. */
  note(isDone: boolean, { nowMs, jitter }: Moment): void {
    this.#failures = isDone ? 0 : this.#failures + 1
    this.#atMs = isDone ? 0 : nowMs + backoffMs(this.#failures, jitter, this.#backoff)
  }
}
