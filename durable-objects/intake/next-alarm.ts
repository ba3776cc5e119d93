/** What the alarm has to wait for; times in milliseconds since 1970. */
export interface AlarmNeeds {
  readonly nowMs: number
  readonly sealMs: number
  /** Whether a chunk is planned but not yet routed. */
  readonly hasOpenChunk: boolean
  /** Whether a run is at it: then the alarm is only the net below. */
  readonly isWorking: boolean
  /** Failures in a row of archiving or routing. */
  readonly failures: number
  /** Failures in a row of planning or of the index: what is overdue must not be tried without a pause. */
  readonly failedAlarms: number
  /** When the oldest commit that no chunk has taken was written. */
  readonly oldestPendingAtMs: number | null
  /** When the oldest planned chunk has waited long enough for its run of the index. */
  readonly sealRunAtMs: number | null
  /** When the oldest chunk row may be forgotten. */
  readonly forgetAtMs: number | null
  /** A random number from 0 to 1, so that objects do not retry in step. */
  readonly jitter: number
}

const FIRST_BACKOFF_MS = 1_000
const MAX_BACKOFF_MS = 60_000

/** When the Intake must wake up next, at least 1 ms ahead, later after failures; null when nothing is left to do. */
export function nextAlarmMs(needs: AlarmNeeds): number | null {
  const { nowMs, sealMs, oldestPendingAtMs, forgetAtMs } = needs
  const times = [
    needs.hasOpenChunk ? nowMs + openChunkMs(needs) : null,
    oldestPendingAtMs === null ? null : oldestPendingAtMs + sealMs,
    needs.sealRunAtMs,
    forgetAtMs,
  ].filter((time) => time !== null)
  const firstMs = nowMs + backoffMs(needs.failedAlarms, needs.jitter)
  return times.length === 0 ? null : Math.max(firstMs, Math.min(...times))
}

function openChunkMs({ failures, jitter, isWorking, sealMs }: AlarmNeeds): number {
  return isWorking ? sealMs : backoffMs(failures, jitter)
}

function backoffMs(failures: number, jitter: number): number {
  if (failures === 0) return 1
  const longest = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (failures - 1))
  return longest * (0.5 + jitter / 2)
}
