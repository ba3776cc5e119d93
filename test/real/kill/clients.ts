import { setTimeout as sleep } from 'node:timers/promises'
import { seededRandom } from '../../../bench/seeded-random.ts'
import { makeRequest, type SentRequest } from './make-request.ts'

const CLIENTS = 8
/** Between two requests of a client: together they stay below the 500 a second a source may send. */
const MAX_PAUSE_MS = 60
const RETRY_MS = 100
/** An answer that takes longer counts as none; the Worker's own ladder ends before. */
const ANSWER_LIMIT_MS = 15_000
/** Of the requests, those whose client does not wait for the answer the first time. */
const IMPATIENT_SHARE = 0.05
const MAX_PATIENCE_MS = 30
/** Of the answered requests, those that are sent once more all the same. */
const REPEAT_SHARE = 0.05
/** Of the requests without an answer, those that are never sent again: a closed tab. */
const GIVE_UP_SHARE = 0.2

/** What the clients of a load have sent, and which of it was answered with 200. */
export interface Sent {
  readonly acknowledged: Set<string>
  /** Never answered with 200: it may be in the archive, once. */
  readonly givenUp: Set<string>
  requests: number
  repeats: number
}

/** Clients that send until they are stopped, whatever happens to the server meanwhile. */
export interface Load {
  readonly sent: Sent
  /** Lets each client finish its request; the server must be up. */
  readonly stop: () => Promise<void>
}

/** What a load needs; `signal` ends it at once, whether the server is up or not. */
export interface LoadOptions {
  readonly url: string
  readonly seed: number
  readonly signal: AbortSignal
}

/** Starts clients that repeat what was not answered, as SDKs do: the same bytes under the same ids. */
export function startLoad({ url, seed, signal }: LoadOptions): Load {
  const sent: Sent = { acknowledged: new Set(), givenUp: new Set(), requests: 0, repeats: 0 }
  let isStopped = false
  const clients = Array.from({ length: CLIENTS }, async (_, client) => {
    const random = seededRandom(seed * CLIENTS + client)
    for (let n = 0; !isStopped && !signal.aborted; n += 1) {
      const request = makeRequest(`kill-${seed}-${client}-${n}`, random)
      await sendUntilAnswered({ url, request, random, sent, signal })
      await sleep(random() * MAX_PAUSE_MS)
    }
  })
  const stop = async () => {
    isStopped = true
    await Promise.all(clients)
  }
  return { sent, stop }
}

interface Sending {
  readonly url: string
  readonly request: SentRequest
  readonly random: () => number
  readonly sent: Sent
  readonly signal: AbortSignal
}

async function sendUntilAnswered({ url, request, random, sent, signal }: Sending): Promise<void> {
  const givesUp = random() < GIVE_UP_SHARE
  const repeats = random() < REPEAT_SHARE
  const patienceMs = random() < IMPATIENT_SHARE ? random() * MAX_PATIENCE_MS : ANSWER_LIMIT_MS
  sent.requests += 1
  let isAnswered = await post(url, request, patienceMs)
  while (!isAnswered && !givesUp && !signal.aborted) {
    await sleep(RETRY_MS)
    sent.repeats += 1
    isAnswered = await post(url, request, ANSWER_LIMIT_MS)
  }
  for (const id of request.ids) (isAnswered ? sent.acknowledged : sent.givenUp).add(id)
  if (!isAnswered || !repeats) return
  sent.repeats += 1
  await post(url, request, ANSWER_LIMIT_MS)
}

/** Whether it was answered with 200, whole. */
async function post(url: string, { path, body }: SentRequest, limitMs: number): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(Math.ceil(limitMs))
    const response = await fetch(`${url}${path}`, { method: 'POST', body, signal })
    await response.arrayBuffer()
    return response.status === 200
  } catch {
    return false // refused, cut or too late: no answer
  }
}
