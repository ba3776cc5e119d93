import { reportFailure } from '../../durable-objects/report.ts'
import { within } from '../../durable-objects/within.ts'
import { encodeSpooled, spoolKey } from '../event/spooled.ts'
import type { Appended } from './waiting-list.ts'

/** An Intake answers in tens of milliseconds; it is tried twice, then given up. */
const APPEND_LIMITS_MS = [4_000, 3_000]
const PUT_LIMIT_MS = 3_000

/** Segments for one Intake; a person waits for the answer to an urgent one. */
export interface Append {
  readonly intake: string
  readonly segments: readonly Uint8Array[]
  readonly isUrgent: boolean
}

/** An Intake as its callers see it, whichever of two neighbouring versions it runs. */
interface Log {
  append(
    segments: readonly Uint8Array[],
    options: { readonly urgent: boolean },
  ): Promise<{ readonly state: 'durable' | 'unreadable' | 'full' }>
}

/**
 * Puts segments on disk: with their Intake, else as one object of the spool. The second try has the
 * same bytes and a new stub: what was written the first time is found again by its segment ids.
 */
export async function writeGroup(env: Env, group: Append): Promise<Appended> {
  for (const limitMs of APPEND_LIMITS_MS) {
    const state = await append(env, group, limitMs)
    if (state === 'durable') return 'durable'
    if (state !== 'failed') break
  }
  return spool(env, group)
}

/** `failed` is worth another try; an Intake that is overloaded must not be asked again at once. */
async function append(env: Env, { intake, segments, isUrgent }: Append, limitMs: number) {
  try {
    const log: Log = env.INTAKE.getByName(intake)
    const call = log.append(segments, { urgent: isUrgent })
    const { state } = await within(limitMs, `append to ${intake}`, call)
    if (state !== 'durable') reportFailure('APPEND_REFUSED', { intake }, state)
    return state
  } catch (error) {
    reportFailure('APPEND_FAILED', { intake, segments: segments.length }, error)
    return isOverloaded(error) ? 'overloaded' : 'failed'
  }
}

async function spool(env: Env, { intake, segments }: Append): Promise<Appended> {
  const key = spoolKey(intake, { atMs: Date.now(), uuid: crypto.randomUUID() })
  try {
    await within(PUT_LIMIT_MS, `put of ${key}`, env.ARCHIVE.put(key, encodeSpooled(segments)))
    return 'durable'
  } catch (error) {
    reportFailure('SPOOL_FAILED', { key, segments: segments.length }, error)
    return 'unavailable'
  }
}

function isOverloaded(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'overloaded' in error
    ? error.overloaded === true
    : false
}
