import { MAX_BODY_BYTES } from '../event/limits.ts'
import { isJsonObject, type JsonObject } from '../event/schema.ts'

/** A request's body as a JSON object, or why it is none. */
export type ReadBody = { readonly body: JsonObject } | { readonly fault: string }

/**
 * Reads a body as a JSON object whatever its content type says: browsers send `text/plain`, mobile
 * SDKs always gzip. Its size is counted inflated while it streams: a chunked upload names no length.
 */
export async function readBody(request: Request): Promise<ReadBody> {
  let bytes: Uint8Array | null
  try {
    bytes = await readBytes(inflate(request), MAX_BODY_BYTES)
  } catch {
    return { fault: 'the body could not be read: it is cut, or not the gzip its header says' }
  }
  if (bytes === null) return { fault: `Exceed payload limit: more than ${MAX_BODY_BYTES} bytes` }
  return parseObject(bytes)
}

function parseObject(bytes: Uint8Array): ReadBody {
  try {
    const body: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return isJsonObject(body) ? { body } : { fault: 'the body is not a JSON object' }
  } catch {
    return { fault: 'the body is not valid JSON' }
  }
}

function inflate(request: Request): ReadableStream<Uint8Array> {
  const body = request.body ?? new Blob([]).stream()
  const encoding = request.headers.get('content-encoding')?.trim().toLowerCase()
  return encoding === 'gzip' ? body.pipeThrough(new DecompressionStream('gzip')) : body
}

/** Null when there are more bytes than allowed. */
async function readBytes(
  stream: ReadableStream<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array | null> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of stream) {
    length += part.length
    if (length > maxBytes) return null
    parts.push(part)
  }
  const bytes = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}
