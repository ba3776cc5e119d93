import { decodeSpooled, spoolPrefix } from '../../worker/event/spooled.ts'
import { reportFailure } from '../report.ts'
import { within } from '../within.ts'

const R2_LIMIT_MS = 10_000
/** One sweep works at most this long: the alarm that waits for it has other work. */
const SWEEP_MS = 10_000

/** What sweeping needs: an append of one group, which must be on disk when it resolves to `durable`. */
export interface SweepParts {
  readonly bucket: R2Bucket
  /** The Intake's name. */
  readonly name: string
  readonly append: (segments: readonly Uint8Array[]) => Promise<{ readonly state: string }>
}

/**
 * Takes in what callers left in an Intake's spool; an object goes when it is in the log. Resolves to
 * whether nothing is left, as far as it came: what cannot be read, of another version perhaps, stays and
 * stops nothing. Rejects when R2 does.
 */
export async function sweepSpool({ bucket, name, append }: SweepParts): Promise<boolean> {
  const prefix = spoolPrefix(name)
  const untilMs = Date.now() + SWEEP_MS
  let isEmpty = true
  let cursor: string | undefined
  do {
    const listed = bucket.list({ prefix, ...(cursor === undefined ? {} : { cursor }) })
    const page = await within(R2_LIMIT_MS, `list of ${prefix}`, listed)
    for (const { key } of page.objects) {
      if (Date.now() > untilMs) return false
      if (!(await takeIn(key, bucket, append))) isEmpty = false
    }
    cursor = page.truncated ? page.cursor : undefined
  } while (cursor !== undefined)
  return isEmpty
}

async function takeIn(
  key: string,
  bucket: R2Bucket,
  append: SweepParts['append'],
): Promise<boolean> {
  const object = await within(R2_LIMIT_MS, `get of ${key}`, bucket.get(key))
  if (object === null) return true
  const body = new Uint8Array(await within(R2_LIMIT_MS, `get of ${key}`, object.arrayBuffer()))
  let segments: Uint8Array[]
  try {
    segments = decodeSpooled(body)
  } catch (error) {
    reportFailure('SPOOL_UNREADABLE', { key }, error)
    return false
  }
  const { state } = await append(segments)
  if (state !== 'durable') {
    reportFailure('SPOOL_NOT_TAKEN', { key }, state)
    return false
  }
  await within(R2_LIMIT_MS, `delete of ${key}`, bucket.delete(key))
  return true
}
