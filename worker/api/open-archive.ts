import * as v from 'valibot'

const HOUR_MS = 3_600_000

/** Which part of a source's archive is wanted: by `receivedAt`, the end excluded. */
export interface ArchiveRange {
  readonly source: string
  readonly startMs: number
  readonly endMs: number
}

const ChunkTimes = v.object({ firstReceivedAt: v.string(), lastReceivedAt: v.string() })
const Line = v.looseObject({ receivedAt: v.string() })

/** Streams the archived lines of a range as NDJSON; a chunk that cannot be read breaks the stream off. */
export function openArchive(bucket: R2Bucket, range: ArchiveRange): ReadableStream<Uint8Array> {
  const pieces = readArchive(bucket, range)
  const encoder = new TextEncoder()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await pieces.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    async cancel() {
      await pieces.return(undefined)
    },
  })
}

async function* readArchive(bucket: R2Bucket, range: ArchiveRange): AsyncGenerator<string> {
  for await (const key of listChunks(bucket, range)) {
    const object = await bucket.get(key)
    if (object === null) throw new Error(`${key} is listed but not there`)
    const text = object.body.pipeThrough(new DecompressionStream('gzip'))
    for await (const lines of readLines(text)) {
      const wanted = lines.filter((line) => isWanted(line, range))
      if (wanted.length > 0) yield `${wanted.join('\n')}\n`
    }
  }
}

/**
 * The keys of the chunks that overlap the range. A chunk's key has the hour in which it was planned:
 * after its events were received, so the listing starts an hour early and goes on until now.
 */
async function* listChunks(bucket: R2Bucket, range: ArchiveRange): AsyncGenerator<string> {
  const prefix = `archive/${range.source}/`
  const hour = new Date(Math.max(0, range.startMs - HOUR_MS)).toISOString().slice(0, 13)
  const startAfter = `${prefix}${hour.replace(/[-T]/g, '/')}`
  let cursor: string | undefined
  do {
    const page = await bucket.list({
      prefix,
      include: ['customMetadata'],
      ...(cursor === undefined ? { startAfter } : { cursor }),
    })
    for (const { key, customMetadata } of page.objects) {
      if (overlaps(customMetadata, range)) yield key
    }
    cursor = page.truncated ? page.cursor : undefined
  } while (cursor !== undefined)
}

function overlaps(metadata: unknown, { startMs, endMs }: ArchiveRange): boolean {
  if (!v.is(ChunkTimes, metadata)) return true // not ours to leave out: its lines decide
  return (
    Date.parse(metadata.lastReceivedAt) >= startMs && Date.parse(metadata.firstReceivedAt) < endMs
  )
}

function isWanted(line: string, { startMs, endMs }: ArchiveRange): boolean {
  const { receivedAt } = v.parse(Line, JSON.parse(line))
  const ms = Date.parse(receivedAt)
  return ms >= startMs && ms < endMs
}

/** The whole lines of each piece of a stream of text. */
async function* readLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string[]> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const piece of stream) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield lines
  }
}
