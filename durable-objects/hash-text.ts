import { hash } from 'node:crypto'
import type { Hash } from '../worker/event/segment.ts'

/**
 * The first 8 bytes of the SHA-256 of a text, in one call of the runtime: `createHash` makes an object
 * and a stream for each, which takes over twice as long.
 */
export function hashText(text: string): Hash {
  // UTF-8 has one sign for all halves of a character: only their escapes tell them apart.
  const bytes = text.isWellFormed() ? text : JSON.stringify(text)
  const { buffer, byteOffset } = hash('sha256', bytes, 'buffer')
  return new DataView(buffer, byteOffset).getBigUint64(0)
}

/** 8 random bytes. */
export function randomHash(): Hash {
  const [hash = 0n] = crypto.getRandomValues(new BigUint64Array(1))
  return hash
}
