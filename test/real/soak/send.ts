import { Agent, type ClientRequest, request as openRequest } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { LOCAL_WRITE_KEY } from './soak-workspace.ts'

/** About what analytics.js sends for an event. */
const PADDING_CHARACTERS = 600
/** A client that hangs up after its whole request does so within this time. */
const MAX_PATIENCE_MS = 10

/** How the requests of a soak are sent. */
export interface Sending {
  readonly url: string
  readonly requests: number
  readonly connections: number
  /** Of the requests, those whose client hangs up in the middle, and sends the same again. */
  readonly hangUpShare: number
  readonly random: () => number
  /** Called after each answer, or where there is none after its error. */
  readonly onAnswer: () => void
}

/** How often each outcome came: a status, or the code of an error. */
export type Outcomes = Readonly<Record<string, number>>

/** Sends requests of one event over that many connections, each as fast as it is answered. */
export async function sendAll(sending: Sending): Promise<Outcomes> {
  const agent = new Agent({ keepAlive: true, maxSockets: sending.connections })
  const outcomes: Record<string, number> = {}
  const numbers = Array(sending.requests).keys()
  const connection = async () => {
    for (const n of numbers) {
      const body = makeBody(n)
      if (sending.random() < sending.hangUpShare) await hangUp(body, agent, sending)
      const outcome = await post(body, agent, sending.url)
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
      sending.onAnswer()
    }
  }
  await Promise.all(Array.from({ length: sending.connections }, connection))
  agent.destroy()
  return outcomes
}

/** The message id of request `n` ends in its number. */
function makeBody(n: number): string {
  return JSON.stringify({
    writeKey: LOCAL_WRITE_KEY,
    messageId: `soak-${n}`,
    userId: `user-${n % 1_000}`,
    event: 'Product Viewed',
    properties: { n, padding: 'x'.repeat(PADDING_CHARACTERS) },
    context: { library: { name: 'soak', version: '1' } },
  })
}

function open(body: string, agent: Agent, url: string): ClientRequest {
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  }
  return openRequest(`${url}/v1/track`, { method: 'POST', agent, headers })
}

function post(body: string, agent: Agent, url: string): Promise<string> {
  return new Promise((resolve) => {
    const request = open(body, agent, url)
    request.on('error', (error) => resolve(readCode(error)))
    request.on('response', (response) => {
      response.on('error', (error) => resolve(readCode(error)))
      response.on('end', () => resolve(String(response.statusCode)))
      response.resume()
    })
    request.end(body)
  })
}

/** Half of those who hang up do so in the middle of their body, half while they wait. */
async function hangUp(body: string, agent: Agent, { url, random }: Sending): Promise<void> {
  const isHalf = random() < 0.5
  const request = open(body, agent, url)
  const closed = new Promise<void>((resolve) => request.on('close', resolve))
  request.on('error', () => {}) // its own doing
  request.on('response', (response) => response.resume())
  if (isHalf) request.write(body.slice(0, body.length / 2))
  else request.end(body)
  await sleep(random() * MAX_PATIENCE_MS)
  request.destroy()
  await closed
}

function readCode(error: Error): string {
  return 'code' in error ? String(error.code) : error.message
}
