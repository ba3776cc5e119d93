import { createHash } from 'node:crypto'
import { within } from './within.ts'

/** What is kept of bytes that nobody could read. */
export interface Unreadable {
  readonly bytes: Uint8Array
  /** Names the day under which they lie. */
  readonly at: Date
  readonly metadata: { readonly [name: string]: string }
  readonly limitMs: number
}

/** Puts bytes under `quarantine/{date}/{sha256}`: a repeat writes the same again. Resolves to the key. */
export async function quarantineBytes(bucket: R2Bucket, given: Unreadable): Promise<string> {
  const hash = createHash('sha256').update(given.bytes).digest('hex')
  const key = `quarantine/${given.at.toISOString().slice(0, 10)}/${hash}`
  const put = bucket.put(key, given.bytes, {
    httpMetadata: { contentType: 'application/octet-stream' },
    customMetadata: { ...given.metadata },
  })
  await within(given.limitMs, `put of ${key}`, put)
  return key
}
