/** The bench's clock: it stands still until the bench moves it, for the Worker and its objects alike. */
export class DrivenClock {
  nowMs = Date.parse('2026-11-25T00:00:00Z')
  /** Alarms by the object's key, in the clock's time. */
  readonly alarms = new Map<string, number>()
  /** Work that objects go on with after their answer. */
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

  /** The objects whose alarm is due, which it takes off the list. */
  takeDue(): string[] {
    const due = [...this.alarms].filter(([, atMs]) => atMs <= this.nowMs).map(([key]) => key)
    for (const key of due) this.alarms.delete(key)
    return due
  }
}
