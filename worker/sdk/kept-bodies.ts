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
    const cached = await readCache(etag)
    // Requests that came at the same time have each waited for the cache: one compresses.
    const meanwhile = this.#kept.get(name)
    if (meanwhile !== undefined) return meanwhile
    const body = { etag, bytes: cached ?? compress(text, coding, 'once') }
    const [oldest] = this.#kept.keys()
    if (oldest !== undefined && this.#kept.size >= MAX_KEPT) this.#kept.delete(oldest)
    this.#kept.set(name, body)
    if (cached === null) await writeCache(body)
    return body
  }
}

async function readCache(etag: string): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    const cache = await caches.open(CACHE_NAME)
    const cached = await cache.match(addressOf(etag))
    return cached === undefined ? null : new Uint8Array(await cached.arrayBuffer())
  } catch (error) {
    reportFailure('SCRIPT_CACHE_FAILED', {}, error)
    return null
  }
}

async function writeCache({ etag, bytes }: Body): Promise<void> {
  try {
    const cache = await caches.open(CACHE_NAME)
    await cache.put(addressOf(etag), new Response(bytes, { headers: CACHE_HEADERS }))
  } catch (error) {
    reportFailure('SCRIPT_CACHE_FAILED', {}, error)
  }
}

const addressOf = (etag: string) => `${CACHE_ADDRESS}${etag.slice(1, -1)}`

/** A strong one: the same text in two codings is two. */
const etagOf = (text: string, coding: Coding): string =>
  `"${createHash('sha256').update(text).digest('base64url').slice(0, 16)}-${coding}"`
