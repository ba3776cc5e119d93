import { runningObject } from './running-object.ts'

/** The key of timers that the Worker itself set. */
export const NO_OBJECT = ''

/** The bench's clock: it stands still until the bench moves it, for the Worker and its objects alike. */
export class DrivenClock {
  nowMs = Date.parse('2026-11-25T00:00:00Z')
  /** Alarms by the object's key, in the clock's time. */
  readonly alarms = new Map<string, number>()
  /** Timers by their number: they run in the object that set them. */
  readonly timers = new Map<number, { key: string; atMs: number; run: () => void }>()
  /** Pieces of work that go on after their answer. */
  background = 0
  /** Negative: no real timer has such a number. */
  #lastTimer = 0

  /** Makes all code of this isolate read the bench's clock. */
  install(): void {
    const clock = this
    const RealDate = Date
    globalThis.Date = class extends RealDate {
      constructor(...args: [] | [number | string | Date]) {
        super(args.length === 0 ? clock.nowMs : args[0])
      }
      static override now(): number {
        return clock.nowMs
      }
    } as DateConstructor // the same class but for its clock
    this.#installTimers()
  }

  /** No timer runs by the machine's time: what takes long on a busy machine is late for nobody. */
  #installTimers(): void {
    globalThis.setTimeout = ((run: () => void, delayMs = 0) => {
      this.#lastTimer -= 1
      const key = runningObject() ?? NO_OBJECT
      this.timers.set(this.#lastTimer, { key, atMs: this.nowMs + delayMs, run })
      return this.#lastTimer
    }) as typeof setTimeout // workerd's own gives numbers as well
    globalThis.clearTimeout = ((id: number) => {
      this.timers.delete(id)
    }) as typeof clearTimeout // as above
  }

  /** Holds the clock until work that nobody waits for has ended. */
  follow(work: Promise<unknown>): void {
    this.background += 1
    const end = () => {
      this.background -= 1
    }
    work.then(end, end)
  }

  /** The objects with a timer that is due. */
  dueTimers(): string[] {
    const due = [...this.timers.values()].filter(({ atMs }) => atMs <= this.nowMs)
    return [...new Set(due.map(({ key }) => key))]
  }

  /** Runs the due timers of an object; to be called inside it. */
  runTimers(key: string): void {
    for (const [id, timer] of this.timers) {
      if (timer.key !== key || timer.atMs > this.nowMs) continue
      this.timers.delete(id)
      timer.run()
    }
  }

  /** The objects whose alarm is due, which it takes off the list. */
  takeDue(): string[] {
    const due = [...this.alarms].filter(([, atMs]) => atMs <= this.nowMs).map(([key]) => key)
    for (const key of due) this.alarms.delete(key)
    return due
  }
}
