/** The bench's clock: it stands still until the bench moves it, for the Worker and its objects alike. */
export class DrivenClock {
  nowMs = Date.parse('2026-11-25T00:00:00Z')
  /** Alarms by the object's key, in the clock's time. */
  readonly alarms = new Map<string, number>()
  /** Pieces of work that go on after their answer. */
  background = 0

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
  }

  /** Holds the clock until work that nobody waits for has ended. */
  follow(work: Promise<unknown>): void {
    this.background += 1
    const end = () => {
      this.background -= 1
    }
    work.then(end, end)
  }

  /** The objects whose alarm is due, which it takes off the list. */
  takeDue(): string[] {
    const due = [...this.alarms].filter(([, atMs]) => atMs <= this.nowMs).map(([key]) => key)
    for (const key of due) this.alarms.delete(key)
    return due
  }
}
