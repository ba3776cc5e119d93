import { once } from 'node:events'
import { createServer, type IncomingMessage, request as openRequest, type Server } from 'node:http'
import type { Socket } from 'node:net'

/** A request as it came, preflights included. */
export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** The status of an answer that does not come. */
export const NEVER = 0

/** Stands before Millrace under a name of its own, sees every request, and may refuse some. */
export interface Front {
  readonly url: string
  readonly seen: readonly SeenRequest[]
  /** Bytes that have gone over its connections both ways, headers included. */
  readonly wireBytes: () => number
  /** Requests for which it gives a status are answered with that, or with nothing, and not handed on. */
  refuse: (request: SeenRequest) => number | null
  readonly close: () => Promise<void>
}

/** Opens a front; what it does not refuse is handed on as it is, `Host` included, but for some headers. */
export async function openFront(
  target: string,
  changed: { readonly [header: string]: string } = {},
): Promise<Front> {
  const seen: SeenRequest[] = []
  const server = createServer(async (incoming, outgoing) => {
    const bytes = await readAll(incoming)
    const { method = 'GET', url: path = '/', headers } = incoming
    const request = { method, path, headers, body: String(bytes) }
    seen.push(request)
    const status = front.refuse(request)
    if (status === NEVER) return
    if (status !== null) {
      const origin = headers.origin ?? '*'
      outgoing.writeHead(status, { 'access-control-allow-origin': origin }).end('{}')
      return
    }
    const onward = openRequest(new URL(path, target), {
      method,
      headers: { ...headers, ...changed },
      setHost: false,
    })
    onward.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    onward.end(bytes)
  })
  const wireBytes = countBytes(server)
  const front: Front = {
    url: `http://127.0.0.1:${await listen(server)}`,
    seen,
    wireBytes,
    refuse: () => null,
    close: () => close(server),
  }
  return front
}

/** A site of others: another origin and, by its name, another site than Millrace's. */
export interface Site {
  readonly url: string
  /** The same pages under the name that Millrace has: the same site, another origin. */
  readonly sameSiteUrl: string
  /** Puts a page there; `policy` is its Content-Security-Policy. */
  readonly put: (path: string, html: string, policy?: string) => void
  readonly close: () => Promise<void>
}

/** Opens a site; a path that ends in `.js` is a script, all others are pages. */
export async function openSite(): Promise<Site> {
  const pages = new Map<string, { readonly html: string; readonly policy: string | null }>()
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const { html = '', policy = null } = pages.get(pathname) ?? {}
    const type = pathname.endsWith('.js') ? 'text/javascript' : 'text/html'
    response.setHeader('Content-Type', `${type}; charset=utf-8`)
    if (policy !== null) response.setHeader('Content-Security-Policy', policy)
    response.end(html)
  })
  const port = await listen(server)
  return {
    url: `http://localhost:${port}`,
    sameSiteUrl: `http://127.0.0.1:${port}`,
    put: (path, html, policy) => pages.set(path, { html, policy: policy ?? null }),
    close: () => close(server),
  }
}

/** Counts what goes over a server's connections from now on. */
export function countBytes(server: Server): () => number {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => sockets.add(socket))
  return () => [...sockets].reduce((sum, each) => sum + each.bytesRead + each.bytesWritten, 0)
}

/** Listens on a free port of this machine. */
export async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Ends a server with its connections. */
export async function close(server: Server): Promise<void> {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
}

/** A request's body. */
export async function readAll(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts)
}
