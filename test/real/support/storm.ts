import { Agent, request as openRequest } from 'node:http'
import { text } from 'node:stream/consumers'

const TABS = 40

/** Copies of a few events, as many tabs send them at a time. */
export interface Storm {
  readonly url: string
  readonly writeKey: string
  readonly ids: readonly string[]
  readonly requests: number
}

/** Sends a storm over 40 connections, each copy with a time and a count of its own; gives all statuses. */
export async function sendStorm({ url, writeKey, ids, requests }: Storm): Promise<Set<number>> {
  const agent = new Agent({ keepAlive: true, maxSockets: TABS })
  const statuses = new Set<number>()
  const copies = Array(requests).keys()
  const tab = async () => {
    for (const n of copies) {
      const event = { messageId: ids[n % ids.length], userId: 'ada', event: 'Kept in many tabs' }
      const sentAt = new Date().toISOString()
      const body = JSON.stringify({ writeKey, ...event, sentAt, _metadata: { retryCount: n } })
      statuses.add(await post(`${url}/v1/t`, body, agent))
    }
  }
  await Promise.all(Array.from({ length: TABS }, tab))
  agent.destroy()
  return statuses
}

function post(url: string, body: string, agent: Agent): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const request = openRequest(url, { method: 'POST', agent }, async (response) => {
    await text(response)
    resolve(response.statusCode ?? 0)
  })
  request.on('error', reject).end(body)
  return promise
}
