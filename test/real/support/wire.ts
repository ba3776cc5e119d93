import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { gunzipSync } from 'node:zlib'
import type { JsonObject } from '../../../worker/event/json.ts'

/**
 * What the wire does to a request: hands it on; hands it on and cuts the connection before the
 * answer; hands it on and never answers; or refuses it as an overloaded server would.
 */
export type Fault = 'pass' | 'lose' | 'hang' | 'refuse'

/** A wire between an SDK and Millrace that sees every request and spoils the first ones. */
export interface Wire {
  readonly url: string
  /** The bodies as they went over it, inflated, with their path; repeats included. */
  readonly sent: readonly { readonly path: string; readonly body: JsonObject }[]
  readonly close: () => Promise<void>
}

/** Opens a wire; `faults` are used up one a request, then everything passes. */
export async function openWire(target: string, faults: readonly Fault[]): Promise<Wire> {
  const sent: { path: string; body: JsonObject }[] = []
  const server = createServer(async (request, response) => {
    const bytes = await readAll(request)
    const path = request.url ?? ''
    const isGzip = request.headers['content-encoding'] === 'gzip'
    sent.push({ path, body: JSON.parse(String(isGzip ? gunzipSync(bytes) : bytes)) })
    await spoil(faults[sent.length - 1] ?? 'pass', { request, response, bytes, target })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    sent,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

interface Passing {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly bytes: Buffer<ArrayBuffer>
  readonly target: string
}

async function spoil(fault: Fault, passing: Passing): Promise<void> {
  const { request, response } = passing
  if (fault === 'refuse') {
    response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' })
    response.end('{"success":false,"code":"unavailable","message":"m","error":"m"}')
    return
  }
  const { status, headers, text } = await handOn(passing)
  if (fault === 'lose') request.socket.destroy()
  if (fault !== 'pass') return
  response.writeHead(status, { 'content-type': headers.get('content-type') ?? '' })
  response.end(text)
}

async function handOn({ request, bytes, target }: Passing) {
  const names = ['content-type', 'content-encoding', 'authorization', 'user-agent', 'x-retry-count']
  const headers = names.flatMap((name): [string, string][] => {
    const value = request.headers[name]
    return typeof value === 'string' ? [[name, value]] : []
  })
  const init = { method: request.method ?? 'POST', headers, body: bytes }
  const answer = await fetch(`${target}${request.url}`, init)
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}

async function readAll(request: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts)
}
