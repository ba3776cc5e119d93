import { MAX_BODY_BYTES } from '../event/limits.ts'
import { isJsonObject, type JsonObject } from '../event/schema.ts'

/** A request's body as a JSON object, or why it is none. */
export type ReadBody = { readonly body: JsonObject } | { readonly fault: string }

const EXCEEDED = { fault: `Exceed payload limit: more than ${MAX_BODY_BYTES} bytes` }

/**
 * Reads a body as a JSON object whatever its content type says: browsers send `text/plain`, mobile
 * SDKs always gzip. Bytes are counted while they stream, because a chunked upload names no length,
 * and once more inflated.
 */
export async function readBody(request: Request): Promise<ReadBody> {
  const encoding = request.headers.get('content-encoding')?.trim().toLowerCase()
  try {
    const sent = await readUpload(request)
    const bytes = sent !== null && encoding === 'gzip' ? await inflate(sent) : sent
    return bytes === null ? EXCEEDED : parseObject(bytes)
  } catch {
    return { fault: 'the body could not be read: it is cut, or not the gzip its header says' }
  }
}

function parseObject(bytes: Uint8Array): ReadBody {
  try {
    const body: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return isJsonObject(body) ? { body } : { fault: 'the body is not a JSON object' }
  } catch {
    return { fault: 'the body is not valid JSON' }
  }
}

/**
 * Reads an upload to its end, and keeps nothing of one that is too large: what is left unread on a
 * connection is taken for the next request by what stands in front of a Worker.
 */
async function readUpload(request: Request): Promise<Uint8Array<ArrayBuffer> | null> {
  const kept = new BoundedBytes(MAX_BODY_BYTES)
  for await (const part of request.body ?? []) kept.add(part)
  return kept.take()
}

/** Inflates no more than a byte above the limit: a small upload may hold gigabytes of zeros. */
async function inflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | null> {
  const kept = new BoundedBytes(MAX_BODY_BYTES)
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  for await (const part of stream) {
    kept.add(part)
    if (kept.isExceeded) return null
  }
  return kept.take()
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
