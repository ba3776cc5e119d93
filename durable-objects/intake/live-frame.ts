/** Ten frames a second at most: nobody reads faster, and a frame costs the same however much is in it. */
export const FRAME_INTERVAL_MS = 100
export const MAX_FRAME_ITEMS = 100
/** Together with the interval some 1.3 MB a second: what a socket may be sent if it does not read. */
export const MAX_FRAME_CHARACTERS = 131_072
export const MAX_WAITING_ITEMS = 1_000
/** Events may have 32 KiB each, and a busy Intake needs its 128 MB for itself. */
export const MAX_WAITING_CHARACTERS = 4_194_304

/** What one watcher has still to be sent; what does not fit is dropped, oldest first, and counted. */
export class FrameBuffer {
  #waiting: string[] = []
  #characters = 0
  #dropped = 0
  #sentAtMs = Number.NEGATIVE_INFINITY

  /** Takes in an item as JSON. */
  push(item: string): void {
    this.#waiting.push(item)
    this.#characters += item.length
    while (
      this.#waiting.length > MAX_WAITING_ITEMS ||
      (this.#characters > MAX_WAITING_CHARACTERS && this.#waiting.length > 1)
    ) {
      this.#shift()
      this.#dropped += 1
    }
  }

  /** How long the next frame has to wait; null when nothing waits. A clock that was set back stops nothing. */
  waitMs(nowMs: number): number | null {
    if (this.#waiting.length === 0) return null
    const sinceMs = nowMs - this.#sentAtMs
    return sinceMs < 0 ? 0 : Math.max(0, FRAME_INTERVAL_MS - sinceMs)
  }

  /** The next frame, `{"items":[…],"dropped":n}`, if there is one and its time has come. */
  take(nowMs: number): string | null {
    if (this.waitMs(nowMs) !== 0) return null
    const items = this.#takeItems()
    const frame = `{"items":[${items.join(',')}],"dropped":${this.#dropped}}`
    this.#dropped = 0
    this.#sentAtMs = nowMs
    return frame
  }

  #takeItems(): string[] {
    const items: string[] = []
    let characters = 0
    while (items.length < MAX_FRAME_ITEMS) {
      const [next] = this.#waiting
      if (next === undefined) break
      characters += next.length
      if (characters > MAX_FRAME_CHARACTERS && items.length > 0) break
      items.push(next)
      this.#shift()
    }
    return items
  }

  #shift(): void {
    this.#characters -= this.#waiting.shift()?.length ?? 0
  }
}
