import { AsyncLocalStorage } from 'node:async_hooks'

/** A request that a destination made; the URL may carry secrets; no status: no answer came. */
export interface RecordedRequest {
  readonly method: string
  readonly url: string
  readonly status?: number
}

/** How a recorded run ended, and the requests it had made by then, in the order of their start. */
export interface Recording<T> {
  readonly outcome:
    | { readonly ok: true; readonly value: T }
    | { readonly ok: false; readonly error: unknown }
  readonly requests: readonly RecordedRequest[]
}

/** What recording a run takes beside the run. */
export interface RecordOptions {
  /** Called before each request leaves; what it throws reaches the destination in its place. */
  readonly beforeRequest?: () => void
}

interface Log extends RecordOptions {
  readonly requests: RecordedRequest[]
}

const logs = new AsyncLocalStorage<Log>()

export const { Headers, Request, Response } = globalThis

/** Runs some of the catalogue's code, logs its requests, and never rejects. */
export async function recordRequests<T>(
  run: () => Promise<T>,
  options: RecordOptions = {},
): Promise<Recording<T>> {
  const log: Log = { ...options, requests: [] }
  const outcome = await logs.run(log, () => settle(run))
  return { outcome, requests: [...log.requests] }
}

/** The global fetch of the moment, logged when called inside {@link recordRequests}. */
export async function fetch(...args: Parameters<typeof globalThis.fetch>): Promise<Response> {
  const log = logs.getStore()
  if (log === undefined) return globalThis.fetch(...args)
  log.beforeRequest?.()
  const { method, url } = describe(...args)
  const place = log.requests.push({ method, url }) - 1
  const response = await globalThis.fetch(...args)
  log.requests[place] = { method, url, status: response.status }
  return response
}

export default fetch

/** Without making a Request of it, which would take the body away from the one that is sent. */
function describe(...[input, init]: Parameters<typeof globalThis.fetch>) {
  const request = input instanceof Request ? input : null
  const method = init?.method ?? request?.method ?? 'GET'
  return { method: method.toUpperCase(), url: request?.url ?? String(input) }
}

async function settle<T>(run: () => Promise<T>): Promise<Recording<T>['outcome']> {
  try {
    return { ok: true, value: await run() }
  } catch (error) {
    return { ok: false, error }
  }
}
