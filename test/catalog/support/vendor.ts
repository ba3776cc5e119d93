import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'

/** A request as it was sent: headers in lower case and sorted, each byte of the body a character. */
export interface SentRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A request as an HTTP server has it. */
export interface ReceivedRequest {
  readonly method: string
  readonly url: string
  readonly headers: Iterable<readonly [string, string]>
  readonly body: Buffer
}

/** Stands in the place of every vendor. */
export interface Vendor {
  /** Where it listens for plain HTTP. */
  readonly port: number
  readonly receive: (request: ReceivedRequest) => void
  /** What was received since the last call, in order. */
  readonly take: () => SentRequest[]
  readonly close: () => void
}

/** What every vendor answers. */
export const ANSWER = '{}'

/** Tells the port which protocol a request was made for: what arrives there is plain HTTP. */
export const PROTOCOL_HEADER = 'x-test-protocol'

export async function startVendor(): Promise<Vendor> {
  const requests: SentRequest[] = []
  const receive = (request: ReceivedRequest) => {
    requests.push(record(request))
  }
  const server = createServer(async (message, response) => {
    const request = await readMessage(message).catch(() => null)
    if (request === null) return // its sender ended before its body did
    receive(request)
    response.end(ANSWER)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the vendor has no port')
  return {
    port: address.port,
    receive,
    take: () => requests.splice(0),
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

function record({ method, url, headers, body }: ReceivedRequest): SentRequest {
  const sent = [...headers]
    .filter(([name]) => name !== 'host') // it is in the URL
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return { method, url, headers: Object.fromEntries(sent), body: body.toString('latin1') }
}

async function readMessage(message: IncomingMessage): Promise<ReceivedRequest> {
  const { [PROTOCOL_HEADER]: protocol, ...headers } = message.headers
  return {
    method: message.method ?? '',
    url: `${protocol}://${headers.host}${message.url}`,
    headers: Object.entries(headers).map(([name, value]) => [name, String(value)]),
    body: await buffer(message),
  }
}
