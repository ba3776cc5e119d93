/** A run of users as rolling sees it. */
export interface RollableRun {
  readonly id: number
  readonly fromChunk: number
  readonly toChunk: number
  readonly plannedAtMs: readonly number[]
}

/** A day's runs of users, merged into one object of R2. Fixed once written: its row, and the object's end. */
export interface RolledDay {
  readonly v: 1
  /** The newest run that is in it. */
  readonly id: number
  readonly key: string
  readonly entries: number
  readonly fromChunk: number
  readonly toChunk: number
  /** From which chunk on chunks were planned in which hour since 1970. */
  readonly hours: readonly (readonly [chunk: number, hour: number])[]
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** A chunk is in a run an hour after its plan; another is for what came late. */
const ROLL_DELAY_MS = 2 * HOUR_MS

/** The runs to be rolled next: those of the oldest day that is over, once all they name is in the archive. */
export function chooseRollable<Run extends RollableRun>(
  users: readonly Run[],
  { archivedTo, nowMs }: { readonly archivedTo: number; readonly nowMs: number },
): Run[] {
  const dueAtMs = rollDueAtMs(users)
  const [first] = users
  if (first === undefined || dueAtMs === null || dueAtMs > nowMs) return []
  // A clock that was set back may make more of a day later on: then that day has two objects.
  const end = users.findIndex((run) => dayOf(run) !== dayOf(first))
  const day = end === -1 ? [...users] : users.slice(0, end)
  return day.every(({ toChunk }) => toChunk <= archivedTo) ? day : []
}

/** When the oldest day is over, and all its chunks are in runs; null if there is no run. */
export function rollDueAtMs([first]: readonly RollableRun[]): number | null {
  return first === undefined ? null : (dayOf(first) + 1) * DAY_MS + ROLL_DELAY_MS
}

/** Describes a day's object; its key names its content, which these runs of this Intake are for ever. */
export function describeDay(
  runs: readonly RollableRun[],
  { intake, entries }: { readonly intake: string; readonly entries: number },
): RolledDay {
  const [first, last] = [runs[0], runs.at(-1)]
  if (first === undefined || last === undefined) throw new Error('a day has runs')
  const date = new Date(dayOf(first) * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '/')
  return {
    v: 1,
    id: last.id,
    key: `index/${intake}/${date}.${first.id}-${last.id}.bin`,
    entries,
    fromChunk: first.fromChunk,
    toChunk: last.toChunk,
    hours: runs.flatMap(hoursOf).filter(([, hour], at, all) => hour !== all[at - 1]?.[1]),
  }
}

/** When a chunk of a rolled day was planned, to the hour. */
export function plannedHourMs({ hours }: RolledDay, chunk: number): number {
  const [, hour] = hours.findLast(([from]) => from <= chunk) ?? [0, 0]
  return hour * HOUR_MS
}

/** Whether a rolled day has chunks that were planned at or after a time. */
export const reachesTo = ({ hours }: RolledDay, startMs: number): boolean =>
  hours.some(([, hour]) => (hour + 1) * HOUR_MS > startMs)

const dayOf = ({ plannedAtMs }: RollableRun) => Math.floor((plannedAtMs.at(-1) ?? 0) / DAY_MS)

const hoursOf = ({ fromChunk, plannedAtMs }: RollableRun) =>
  plannedAtMs.map((ms, index) => [fromChunk + index, Math.floor(ms / HOUR_MS)] as const)
