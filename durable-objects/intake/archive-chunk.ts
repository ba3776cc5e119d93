import { within } from '../within.ts'
import type { Chunk } from './chunk.ts'

/** R2 puts have been seen to hang for 30 s. */
const PUT_LIMIT_MS = 10_000
/** Gzip works in pieces of this size, so that appends go between. */
const PIECE_BYTES = 65_536

/** Writes a chunk's lines to the archive; a repeat writes the same lines under the same key. */
export async function archiveChunk(
  bucket: R2Bucket,
  chunk: Chunk,
  lines: readonly Uint8Array[],
): Promise<void> {
  const body = await gzip(lines)
  const put = bucket.put(chunk.key, body, {
    // No content encoding: clients that honour it would unpack the .gz while downloading it.
    httpMetadata: { contentType: 'application/gzip' },
    customMetadata: {
      lines: String(chunk.lines),
      rawBytes: String(chunk.rawBytes),
      crc32: String(chunk.crc32),
      firstReceivedAt: isoTime(chunk.firstReceivedAtMs),
      lastReceivedAt: isoTime(chunk.lastReceivedAtMs),
    },
  })
  await within(PUT_LIMIT_MS, `put of ${chunk.key}`, put)
}

function isoTime(ms: number | null): string {
  return new Date(ms ?? 0).toISOString()
}

async function gzip(lines: readonly Uint8Array[]): Promise<ArrayBuffer> {
  const { readable, writable } = new CompressionStream('gzip')
  const compressed = new Response(readable).arrayBuffer()
  const writer = writable.getWriter()
  for (const piece of joinPieces(lines)) await writer.write(piece)
  await writer.close()
  return compressed
}

function* joinPieces(lines: readonly Uint8Array[]): Generator<Uint8Array<ArrayBuffer>> {
  let waiting: Uint8Array[] = []
  let bytes = 0
  for (const line of lines) {
    waiting.push(line)
    bytes += line.length
    if (bytes < PIECE_BYTES) continue
    yield concat(waiting, bytes)
    waiting = []
    bytes = 0
  }
  if (bytes > 0) yield concat(waiting, bytes)
}

function concat(parts: readonly Uint8Array[], bytes: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(bytes)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
