import { decodeSpooled, spoolPrefix } from '../../worker/event/spooled.ts'
import { eachOf } from '../each-of.ts'
import { quarantineBytes } from '../quarantine-bytes.ts'
import { reportFailure } from '../report.ts'
import { within } from '../within.ts'
import { REMEMBER_MS } from './forget-plan.ts'

const R2_LIMIT_MS = 10_000
/** One sweep begins no new object after this long: the alarm that waits for it has other work. */
export const SWEEP_MS = 10_000
/** Objects taken in at once, up to 256 KiB each: one that hangs leaves the way to the others. */
const SWEEP_CONCURRENCY = 4

/** What sweeping needs: an append of one group, which must be on disk when it resolves to `durable`. */
export interface SweepParts {
  readonly bucket: R2Bucket
  /** The Intake's name. */
  readonly name: string
  readonly append: (segments: readonly Uint8Array[]) => Promise<{ readonly state: string }>
}

/**
 * Takes in what callers left in an Intake's spool; an object goes when it is in the log. Resolves to
 * whether nothing is left. What cannot be read stays, because another version may read it, until it is
 * as old as ids are kept: then it lies in quarantine. Rejects when R2 does not list.
 */
export async function sweepSpool(parts: SweepParts): Promise<boolean> {
  const { bucket, name } = parts
  const prefix = spoolPrefix(name)
  const untilMs = Date.now() + SWEEP_MS
  let isEmpty = true
  let isFull = false // then the others would be read in vain
  const append = async (segments: readonly Uint8Array[]) => {
    const answer = await parts.append(segments)
    isFull ||= answer.state === 'full'
    return answer
  }
  let cursor: string | undefined
  do {
    const listed = bucket.list({ prefix, ...(cursor === undefined ? {} : { cursor }) })
    const page = await within(R2_LIMIT_MS, `list of ${prefix}`, listed)
    await eachOf(page.objects, SWEEP_CONCURRENCY, async ({ key }) => {
      if (isFull || Date.now() > untilMs || !(await isTaken(key, { ...parts, append })))
        isEmpty = false
    })
    cursor = page.truncated ? page.cursor : undefined
  } while (cursor !== undefined && !isFull && Date.now() <= untilMs)
  return isEmpty && cursor === undefined
}

/** An error of one object stops no other. */
async function isTaken(key: string, parts: SweepParts): Promise<boolean> {
  try {
    return await takeIn(key, parts)
  } catch (error) {
    reportFailure('SPOOL_NOT_TAKEN', { key }, error)
    return false
  }
}

async function takeIn(key: string, { bucket, append }: SweepParts): Promise<boolean> {
  const object = await within(R2_LIMIT_MS, `get of ${key}`, bucket.get(key))
  if (object === null) return true
  const body = new Uint8Array(await within(R2_LIMIT_MS, `get of ${key}`, object.arrayBuffer()))
  const state = await appendSpooled(key, body, append)
  switch (state) {
    case 'durable':
      break
    case 'unreadable':
      if (object.uploaded.getTime() > Date.now() - REMEMBER_MS) return false
      await quarantine(key, { body, at: object.uploaded, bucket })
      break
    default:
      throw new Error(`the log is ${state}`)
  }
  await within(R2_LIMIT_MS, `delete of ${key}`, bucket.delete(key))
  return true
}

async function appendSpooled(key: string, body: Uint8Array, append: SweepParts['append']) {
  let segments: Uint8Array[]
  try {
    segments = decodeSpooled(body)
  } catch (error) {
    reportFailure('SPOOL_UNREADABLE', { key }, error)
    return 'unreadable'
  }
  const { state } = await append(segments)
  return state
}

interface Rest {
  readonly body: Uint8Array
  readonly at: Date
  readonly bucket: R2Bucket
}

async function quarantine(key: string, { body, at, bucket }: Rest): Promise<void> {
  const metadata = { receivedAt: at.toISOString(), path: key }
  const kept = await quarantineBytes(bucket, { bytes: body, at, metadata, limitMs: R2_LIMIT_MS })
  reportFailure('SPOOL_QUARANTINED', { key, kept, bytes: body.length }, 'no version reads it')
}
