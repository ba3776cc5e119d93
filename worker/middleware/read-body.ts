import { gunzipSync } from 'node:zlib'
import { isJsonObject, type JsonObject } from '../event/json.ts'
import { MAX_BODY_BYTES } from '../event/limits.ts'
import { parseJson } from '../event/parse-json.ts'

/**
 * A request's body as a JSON object, or why it is none; `unreadable` has the bytes as sent if they
 * may hold what somebody will want to see.
 */
export type ReadBody =
  | { readonly body: JsonObject }
  | { readonly fault: string; readonly unreadable: Uint8Array | null }

const EXCEEDED: ReadBody = {
  fault: `Exceed payload limit: more than ${MAX_BODY_BYTES} bytes`,
  unreadable: null,
}
const CUT = 'the body could not be read: it is cut, or not the gzip it begins as'
/** How workerd and Node say that `maxOutputLength` is reached. */
const LIMIT_EXCEEDED = /memory limit exceeded|larger than/i
const GZIP_MAGIC = [0x1f, 0x8b]
/** Codings whose bytes are JSON, or gzip, which shows by its first bytes. */
const READABLE_CODINGS = ['', 'identity', 'gzip', 'x-gzip']

/**
 * Reads a body as a JSON object whatever its headers say: browsers send `text/plain`, mobile SDKs
 * always gzip, and proxies inflate without telling. Bytes are counted while they stream, because a
 * chunked upload names no length, and once more inflated.
 */
export async function readBody(request: Request): Promise<ReadBody> {
  let sent: Uint8Array<ArrayBuffer> | null
  try {
    sent = await readUpload(request)
  } catch {
    return { fault: CUT, unreadable: null }
  }
  if (sent === null) return EXCEEDED
  const isGzip = GZIP_MAGIC.every((byte, index) => sent[index] === byte)
  try {
    const bytes = isGzip ? inflate(sent) : sent
    return bytes === null ? EXCEEDED : parseObject(bytes, { sent, request })
  } catch {
    return { fault: CUT, unreadable: sent }
  }
}

/** Reads what is left of a body and keeps nothing of it. */
export async function drainBody(request: Request): Promise<void> {
  try {
    for await (const _ of request.body ?? []);
  } catch {
    // The client went away: nothing is left to read.
  }
}

interface Upload {
  readonly sent: Uint8Array
  readonly request: Request
}

function parseObject(bytes: Uint8Array, { sent, request }: Upload): ReadBody {
  try {
    const body = parseJson(new TextDecoder().decode(bytes))
    if (isJsonObject(body)) return { body }
    return { fault: 'the body is not a JSON object', unreadable: null }
  } catch {
    const coding = request.headers.get('content-encoding')?.trim().toLowerCase() ?? ''
    const fault = READABLE_CODINGS.includes(coding)
      ? 'the body is not valid JSON'
      : `content-encoding ${coding} is not supported: send gzip`
    return { fault, unreadable: sent.length === 0 ? null : sent }
  }
}

/**
 * Reads an upload to its end, and keeps nothing of one that is too large: what is left unread on a
 * connection is taken for the next request by what stands in front of a Worker.
 */
async function readUpload(request: Request): Promise<Uint8Array<ArrayBuffer> | null> {
  // The runtime reads no more than the length that is named, and in one step.
  const length = request.headers.get('content-length')
  if (length !== null && Number(length) <= MAX_BODY_BYTES) {
    return new Uint8Array(await request.arrayBuffer())
  }
  const kept = new BoundedBytes(MAX_BODY_BYTES)
  for await (const part of request.body ?? []) kept.add(part)
  return kept.take()
}

/**
 * Inflates gzip of any number of members; null beyond the limit: a small upload may hold gigabytes of
 * zeros. Throws on what is cut or no gzip.
 */
function inflate(bytes: Uint8Array): Uint8Array | null {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_BODY_BYTES })
  } catch (error) {
    if (error instanceof Error && LIMIT_EXCEEDED.test(error.message)) return null
    throw error
  }
}

/** Bytes up to a limit; beyond it they are only counted. */
class BoundedBytes {
  readonly #maxBytes: number
  #parts: Uint8Array[] = []
  #length = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get isExceeded(): boolean {
    return this.#length > this.#maxBytes
  }

  add(part: Uint8Array): void {
    this.#length += part.length
    if (this.isExceeded) this.#parts = []
    else this.#parts.push(part)
  }

  /** All of them in one piece, or null if there were too many. */
  take(): Uint8Array<ArrayBuffer> | null {
    if (this.isExceeded) return null
    const bytes = new Uint8Array(this.#length)
    let at = 0
    for (const part of this.#parts) {
      bytes.set(part, at)
      at += part.length
    }
    return bytes
  }
}
