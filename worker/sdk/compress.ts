import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Coding } from './content-coding.ts'

/** `once`: for what is kept, some 200 ms for analytics.js; `each`: for what is made anew, some 10 ms. */
export type Effort = 'once' | 'each'

const BROTLI_QUALITY = { once: 11, each: 5 }
const GZIP_LEVEL = { once: 9, each: 6 }

/** A text compressed as a browser takes it. */
export function compress(text: string, coding: Coding, effort: Effort): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(text)
  switch (coding) {
    case 'br': {
      const params = {
        [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY[effort],
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      }
      return new Uint8Array(brotliCompressSync(bytes, { params }))
    }
    case 'gzip':
      return new Uint8Array(gzipSync(bytes, { level: GZIP_LEVEL[effort] }))
    case 'identity':
      return bytes
  }
}
