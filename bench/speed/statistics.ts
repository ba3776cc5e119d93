/** One object that reached the archive: when, and how many events were there with it. */
export interface Put {
  readonly atMs: number
  readonly total: number
}

/** The middle value, or the mean of the two in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length / 2
  const upper = sorted[Math.floor(half)] ?? Number.NaN
  return Number.isInteger(half) ? ((sorted[half - 1] ?? Number.NaN) + upper) / 2 : upper
}

/** The smallest value that a share of all (0 to 1) does not exceed; NaN of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

/** Values of one side over those of the other, pair by pair: what both suffered at a time cancels. */
export const ratios = (ours: readonly number[], others: readonly number[]): number[] =>
  ours.map((each, index) => each / (others[index] ?? Number.NaN))

/** What part of a run is timed. */
export interface Timed {
  readonly startedAtMs: number
  /** Events that were sent before the run. */
  readonly before: number
  /** The clock stops when as many events of the run are archived. */
  readonly events: number
}

/** Events a second from the first request to the put that archived the last timed event; null before it. */
export function archivedRate(
  puts: readonly Put[],
  { startedAtMs, before, events }: Timed,
): number | null {
  const last = puts.find(({ total }) => total >= before + events)
  if (last === undefined) return null
  return (events / (last.atMs - startedAtMs)) * 1_000
}
