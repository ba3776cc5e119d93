import { createServer, type IncomingHttpHeaders } from 'node:http'
import { brotliCompressSync } from 'node:zlib'
import { close, countBytes, listen, readAll } from '../../test/real/support/front.ts'

/** An origin, and what it was asked over its connections. */
export interface Origin {
  readonly url: string
  readonly seen: readonly {
    readonly method: string
    readonly path: string
    readonly body: string
  }[]
  readonly wireBytes: () => number
  readonly close: () => Promise<void>
}

/** What an origin has, by path: scripts, and settings as JSON. */
export type Files = ReadonlyMap<string, string>

/**
 * Opens an origin of a peer: its files as a CDN would send them, at the best brotli and with no more
 * headers than a browser needs; events it answers as short as can be.
 */
export async function openOrigin(readFiles: (url: string) => Files): Promise<Origin> {
  const seen: { method: string; path: string; body: string }[] = []
  const ready = new Map<string, Buffer>()
  const server = createServer(async (request, response) => {
    const { method = 'GET', url = '/', headers } = request
    const [path = ''] = url.split('?')
    seen.push({ method, path: url, body: String(await readAll(request)) })
    const file = ready.get(path)
    if (method === 'OPTIONS') response.writeHead(204, preflightHeaders(headers)).end()
    else if (file !== undefined) response.writeHead(200, fileHeaders(path)).end(file)
    else response.writeHead(200, eventHeaders(headers)).end('{"success":true}')
  })
  const wireBytes = countBytes(server)
  const url = `http://127.0.0.1:${await listen(server)}`
  for (const [path, text] of readFiles(url)) ready.set(path, brotliCompressSync(text))
  return { url, seen, wireBytes, close: () => close(server) }
}

const preflightHeaders = (headers: IncomingHttpHeaders) => ({
  'Access-Control-Allow-Origin': headers.origin ?? '*',
  'Access-Control-Allow-Methods': 'POST, GET',
  'Access-Control-Allow-Headers': headers['access-control-request-headers'] ?? '*',
  'Access-Control-Max-Age': '7200',
})

const fileHeaders = (path: string) => ({
  'Access-Control-Allow-Origin': '*',
  'Cache-Control': 'max-age=300',
  'Content-Encoding': 'br',
  'Content-Type': path.endsWith('.js') ? 'text/javascript' : 'application/json',
})

const eventHeaders = (headers: IncomingHttpHeaders) => ({
  'Access-Control-Allow-Origin': headers.origin ?? '*',
  'Content-Type': 'application/json',
})
