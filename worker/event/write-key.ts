/** Segment's keys have 32 characters, other vendors' some more; `abc123` is answered with 400. */
const MIN_KEY_LENGTH = 16
const MAX_KEY_LENGTH = 255

/** The user name of HTTP Basic credentials, with or without the colon that should end it. */
export function readBasicUser(authorization: string | null): string | null {
  const encoded = /^Basic\s+(\S+)$/i.exec(authorization ?? '')?.[1]
  if (encoded === undefined) return null
  try {
    return atob(encoded).split(':')[0] ?? null
  } catch {
    return null // not Base64: the same as no credentials
  }
}

/** The first key that is there: of the body, of Basic credentials, of the query `?writeKey=`. */
export function chooseWriteKey(candidates: readonly unknown[]): string | null {
  const key = candidates.find((each) => typeof each === 'string' && each !== '')
  return isPlausibleKey(key) ? key : null
}

/** Whether a text could be a write key at all: 16 to 255 printable characters without a space. */
export function isPlausibleKey(key: unknown): key is string {
  if (typeof key !== 'string') return false
  if (key.length < MIN_KEY_LENGTH || key.length > MAX_KEY_LENGTH) return false
  return /^[\x21-\x7e]+$/.test(key)
}
