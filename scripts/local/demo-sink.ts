import { once } from 'node:events'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'

const KEPT = 20_000
const SHOWN = 100
const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/

/** One request that the demo destination made. */
interface Received {
  readonly n: number
  readonly at: string
  readonly event: unknown
}

/**
 * Starts the page that plays a vendor: `POST /` receives events, `GET /` shows them and
 * `GET /received?after=n&last=m` lists them. What it received is kept in a file and found again.
 */
export async function startDemoSink(port: number, file: string): Promise<Server> {
  const received = readReceived(file)
  const add = (event: unknown) => {
    const n = (received.at(-1)?.n ?? -1) + 1
    const entry: Received = { n, at: new Date().toISOString(), event }
    appendFileSync(file, `${JSON.stringify(entry)}\n`)
    received.push(entry)
    if (received.length > KEPT) received.shift()
  }
  const server = createServer((request, response) => {
    answer(request, response, { received, add }).catch((error) => {
      response.writeHead(error instanceof SyntaxError ? 400 : 500).end(`${error}\n`)
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { received, add }: { received: readonly Received[]; add: (event: unknown) => void },
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  // A name that was rebound to this machine must not read what was received.
  if (!LOOPBACK.test(request.headers.host ?? '')) return void response.writeHead(403).end()
  if (request.method === 'POST') {
    add(JSON.parse(await text(request)))
    return send(response, 'application/json', '{"ok":true}')
  }
  if (url.pathname !== '/received')
    return send(response, 'text/html; charset=utf-8', page(received))
  const after = Number(url.searchParams.get('after') ?? -1)
  const last = Number(url.searchParams.get('last') ?? KEPT)
  const items = received.filter(({ n }) => n > after).slice(-last)
  const next = received.at(-1)?.n ?? -1
  return send(response, 'application/json', JSON.stringify({ items, next }))
}

function send(response: ServerResponse, contentType: string, body: string): void {
  response.writeHead(200, { 'Content-Type': contentType }).end(body)
}

function readReceived(file: string): Received[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1)
  return lines.slice(-KEPT).flatMap((line) => {
    try {
      return [JSON.parse(line) as Received]
    } catch {
      return [] // a line cut by a kill: it was never answered, so its event comes again
    }
  })
}

function page(received: readonly Received[]): string {
  const rows = received
    .slice(-SHOWN)
    .toReversed()
    .map(({ at, event }) => `${at}\n${JSON.stringify(event, null, 2)}`)
    .join('\n\n')
  const escaped = rows.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>The demo destination</title>
<style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}</style>
<h1>The demo destination</h1>
<p>This page plays a vendor. It runs outside of Millrace, which posted ${received.length} events here.</p>
<pre>${escaped}</pre></html>`
}
