import type { ReadSegment } from './commit.ts'
import { commitDelayMs } from './commit-window.ts'

/** What a group does when its time has come. */
export interface GroupParts {
  /** One synchronous step; if it throws, the object is given up and nobody is answered. */
  readonly write: (segments: readonly ReadSegment[]) => void
  /** Runs when all are answered. */
  readonly afterwards: () => void
}

/** Appends that wait to be written together; the first that may not wait any longer writes for all. */
export class AppendGroup {
  readonly #parts: GroupParts
  #waiting: { segments: readonly ReadSegment[]; resolve: () => void }[] = []
  #waitingBytes = 0
  #lastAppendAtMs: number | null = null
  #timer: ReturnType<typeof setTimeout> | null = null

  constructor(parts: GroupParts) {
    this.#parts = parts
  }

  /** Resolves when the segments are written. */
  append(segments: readonly ReadSegment[], urgent: boolean): Promise<void> {
    const written = new Promise<void>((resolve) => this.#waiting.push({ segments, resolve }))
    this.#waitingBytes += segments.reduce((sum, { bytes }) => sum + bytes.length, 0)
    const nowMs = Date.now()
    const state = { nowMs, lastAppendAtMs: this.#lastAppendAtMs, waitingBytes: this.#waitingBytes }
    const delayMs = commitDelayMs({ ...state, urgent })
    this.#lastAppendAtMs = nowMs
    if (delayMs === 0) this.#flush()
    else this.#timer ??= setTimeout(() => this.#flush(), delayMs)
    return written
  }

  #flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const group = this.#waiting
    this.#waiting = []
    this.#waitingBytes = 0
    this.#parts.write(group.flatMap(({ segments }) => segments))
    for (const { resolve } of group) resolve()
    this.#parts.afterwards()
  }
}
