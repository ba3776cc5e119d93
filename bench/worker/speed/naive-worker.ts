// The design that bench:speed compares with: a bare Worker that parses, stamps and sends one queue
// message a request; a consumer that writes the same gzip NDJSON chunks. No dedupe, no checks.
type JsonObject = Readonly<Record<string, unknown>>

interface NaiveEnv {
  readonly ARCHIVE: R2Bucket
  readonly EVENTS: Queue<string>
}

export default {
  async fetch(request: Request, env: NaiveEnv): Promise<Response> {
    const receivedAt = new Date()
    const body = await request.json<JsonObject>()
    const events = Array.isArray(body.batch) ? body.batch : [body]
    const stamp = { receivedAt, sentAt: body.sentAt, ip: request.headers.get('cf-connecting-ip') }
    const lines = events.map((event) => `${JSON.stringify(stampEvent(event, stamp))}\n`)
    // As text: JSON in JSON would be parsed and written once more on each side.
    await env.EVENTS.send(lines.join(''), { contentType: 'text' })
    return Response.json({ success: true })
  },

  async queue({ messages }: MessageBatch<string>, env: NaiveEnv): Promise<void> {
    const text = messages.map(({ body }) => body).join('')
    const body = await new Response(
      new Blob([text]).stream().pipeThrough(new CompressionStream('gzip')),
    ).arrayBuffer()
    const time = new Date().toISOString()
    await env.ARCHIVE.put(`archive/naive/${time}-${crypto.randomUUID()}.ndjson.gz`, body, {
      httpMetadata: { contentType: 'application/gzip' },
      customMetadata: { lines: String(countLines(text)) },
    })
  },
}

interface Stamp {
  readonly receivedAt: Date
  readonly sentAt: unknown
  readonly ip: string | null
}

function stampEvent({ writeKey: _, ...event }: JsonObject, { receivedAt, sentAt, ip }: Stamp) {
  const sent = event.sentAt ?? sentAt
  const original = event.timestamp ?? event.originalTimestamp
  const skewMs = receivedAt.getTime() - Date.parse(String(sent))
  const correctedMs = Date.parse(String(original)) + (Number.isNaN(skewMs) ? 0 : skewMs)
  return {
    ...event,
    messageId: event.messageId ?? crypto.randomUUID(),
    context: { ...(event.context as JsonObject), ...(ip === null ? {} : { ip }) }, // spread as it is
    ...(original === undefined ? {} : { originalTimestamp: original }),
    ...(sent === undefined ? {} : { sentAt: sent }),
    receivedAt: receivedAt.toISOString(),
    timestamp: new Date(Number.isNaN(correctedMs) ? receivedAt : correctedMs).toISOString(),
  }
}

function countLines(text: string): number {
  let lines = 0
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1
  return lines
}
