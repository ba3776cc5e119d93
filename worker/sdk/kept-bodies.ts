import { createHash } from 'node:crypto'
import { reportFailure } from '../../durable-objects/report.ts'
import { compress } from './compress.ts'
import type { Coding } from './content-coding.ts'

/** A body as it is sent. */
export interface Body {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly etag: string
}

/** Some 40 kB each: a few hundred sources under one or two names fit the memory of an isolate. */
const MAX_KEPT = 250
/** Entries stay in it for a month, under an address that names no host. */
const CACHE_NAME = 'scripts'
const CACHE_ADDRESS = 'https://kept.invalid/'
const CACHE_HEADERS = { 'Cache-Control': 'public, max-age=2592000' }

/** Bodies that are made anew each time are compressed lightly. */
export function makeBody(text: string, coding: Coding): Body {
  return { bytes: compress(text, coding, 'each'), etag: etagOf(text, coding) }
}

/**
 * Compresses each version of a text once, and as well as can be. It is then in the isolate's memory, and
 * for isolates to come in the cache of Cloudflare's place, free of charge; a place that has neither
 * spends some 200 ms of CPU. Keys name everything that the text is made of.
 */
export class KeptBodies {
  readonly #kept = new Map<string, Body>()

  async get(key: string, coding: Coding, makeText: () => string): Promise<Body> {
    const name = `${coding} ${key}`
    const known = this.#kept.get(name)
    if (known !== undefined) return known
    const text = makeText()
    const etag = etagOf(text, coding)
    const body = { etag, bytes: await compressOnce(text, coding, etag) }
    const [oldest] = this.#kept.keys()
    if (oldest !== undefined && this.#kept.size >= MAX_KEPT) this.#kept.delete(oldest)
    this.#kept.set(name, body)
    return body
  }
}

async function compressOnce(text: string, coding: Coding, etag: string) {
  const address = `${CACHE_ADDRESS}${etag.slice(1, -1)}`
  try {
    const cache = await caches.open(CACHE_NAME)
    const cached = await cache.match(address)
    if (cached !== undefined) return new Uint8Array(await cached.arrayBuffer())
    const bytes = compress(text, coding, 'once')
    await cache.put(address, new Response(bytes, { headers: CACHE_HEADERS }))
    return bytes
  } catch (error) {
    reportFailure('SCRIPT_CACHE_FAILED', {}, error)
    return compress(text, coding, 'once')
  }
}

/** A strong one: the same text in two codings is two. */
const etagOf = (text: string, coding: Coding): string =>
  `"${createHash('sha256').update(text).digest('base64url').slice(0, 16)}-${coding}"`
