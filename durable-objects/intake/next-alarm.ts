import { backoffMs } from './retry.ts'

/** What the alarm has to wait for; times in milliseconds since 1970. */
export interface AlarmNeeds {
  readonly nowMs: number
  readonly sealMs: number
  /** When a chunk is to be archived or routed next; null while none is open. */
  readonly workAtMs: number | null
  /** Failures in a row of planning or of the index: what is overdue must not be tried without a pause. */
  readonly failedAlarms: number
  /** When the oldest commit that no chunk has taken was written. */
  readonly oldestPendingAtMs: number | null
  /** When the oldest planned chunk has waited long enough for its run of the index. */
  readonly sealRunAtMs: number | null
  /** When the oldest chunk row may be forgotten. */
  readonly forgetAtMs: number | null
  /** When the oldest day of users may be brought into R2. */
  readonly rollAtMs: number | null
  /** A random number from 0 to 1, so that objects do not retry in step. */
  readonly jitter: number
}

/** When the Intake must wake up next, at least 1 ms ahead, later after failures; null when nothing is left to do. */
export function nextAlarmMs(needs: AlarmNeeds): number | null {
  const { nowMs, sealMs, oldestPendingAtMs } = needs
  const times = [
    needs.workAtMs,
    oldestPendingAtMs === null ? null : oldestPendingAtMs + sealMs,
    needs.sealRunAtMs,
    needs.forgetAtMs,
    needs.rollAtMs,
  ].filter((time) => time !== null)
  const firstMs = nowMs + Math.max(1, backoffMs(needs.failedAlarms, needs.jitter))
  return times.length === 0 ? null : Math.max(firstMs, Math.min(...times))
}
