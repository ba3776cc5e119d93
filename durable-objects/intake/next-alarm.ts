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

/** When the Intake must wake up next, at least 1 ms ahead; null when nothing is left to do. */
export function nextAlarmMs(needs: AlarmNeeds): number | null {
  const { nowMs, sealMs, oldestPendingAtMs, forgetAtMs } = needs
  const times = [
    needs.hasOpenChunk ? nowMs + backoffMs(needs) : null,
    oldestPendingAtMs === null ? null : oldestPendingAtMs + sealMs,
    needs.sealRunAtMs,
    forgetAtMs,
  ].filter((time) => time !== null)
  return times.length === 0 ? null : Math.max(nowMs + 1, Math.min(...times))
}

function backoffMs({ failures, jitter, isWorking, sealMs }: AlarmNeeds): number {
  if (isWorking) return sealMs
  if (failures === 0) return 1
  const longest = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (failures - 1))
  return longest * (0.5 + jitter / 2)
}
