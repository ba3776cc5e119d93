import type { Hash } from '../../worker/event/segment.ts'
import { within } from '../within.ts'
import { DAY_ENTRY_BYTES, findInDay } from './find-in-day.ts'
import type { RolledDay } from './roll-plan.ts'

const GET_LIMIT_MS = 10_000

/** The chunks of a hash in a day that was rolled, by range reads. Rejects if R2 does not give the object. */
export function readDay(bucket: R2Bucket, { key, entries }: RolledDay, hash: Hash) {
  return findInDay(hash, entries, async (from, count) => {
    const range = { offset: from * DAY_ENTRY_BYTES, length: count * DAY_ENTRY_BYTES }
    const object = await within(GET_LIMIT_MS, `get of ${key}`, bucket.get(key, { range }))
    if (object === null) throw new Error(`${key} is not there`)
    const bytes = await within(GET_LIMIT_MS, `get of ${key}`, object.arrayBuffer())
    if (bytes.byteLength !== range.length)
      throw new Error(`${key} is shorter than ${entries} entries`)
    return new Uint8Array(bytes)
  })
}
