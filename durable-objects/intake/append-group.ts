import type { ReadSegment } from './commit.ts'
import { commitDelayMs } from './commit-window.ts'

/** Appends that wait to be written together; the first that may not wait any longer writes for all. */
export class AppendGroup {
  readonly #write: (segments: readonly ReadSegment[]) => void
  #waiting: { segments: readonly ReadSegment[]; resolve: () => void }[] = []
  #waitingBytes = 0
  #lastAppendAtMs: number | null = null
  #timer: ReturnType<typeof setTimeout> | null = null

  /** `write` is one synchronous step; if it throws, the object is given up and nobody is answered. */
  constructor(write: (segments: readonly ReadSegment[]) => void) {
    this.#write = write
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
    this.#write(group.flatMap(({ segments }) => segments))
    for (const { resolve } of group) resolve()
  }
}
