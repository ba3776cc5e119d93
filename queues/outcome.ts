/** What one attempt to deliver an event gave; reasons are Segment's codes (contract, section 10). */
export type Outcome =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'filtered'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unavailable'; readonly reason: string }

/** An attempt as the catalogue ended it: what it returned or threw, and the requests it made. */
export interface Attempt {
  readonly end: { readonly results: unknown } | { readonly error: unknown }
  readonly requests: number
}

/** What the catalogue returns for an event that its trigger does not match. */
const NOT_SUBSCRIBED = 'not subscribed'

/** Reads the outcome of an attempt; an action that made no request is never counted as delivered. */
export function readOutcome({ end, requests }: Attempt): Outcome {
  if ('error' in end) return readFailure(end.error)
  if (isNotSubscribed(end.results)) return { kind: 'filtered', reason: 'NO_MATCHING_MAPPING' }
  if (requests === 0) return { kind: 'refused', reason: 'MESSAGE_REJECTED' }
  return { kind: 'delivered' }
}

/** The outcome of an event under several subscriptions: the one that needs most attention. */
export function combineOutcomes(outcomes: readonly Outcome[]): Outcome {
  for (const kind of ['unavailable', 'refused', 'delivered', 'filtered'] as const) {
    const found = outcomes.find((outcome) => outcome.kind === kind)
    if (found !== undefined) return found
  }
  return { kind: 'filtered', reason: 'NO_MATCHING_MAPPING' }
}

/** A vendor's 4xx and an invalid payload are final; all else, the unknown included, is retried. */
function readFailure(error: unknown): Outcome {
  const vendorStatus = readStatus(readField(error, 'response'))
  const status = vendorStatus ?? readStatus(error)
  if (status !== null && !isRetryable(status)) {
    return { kind: 'refused', reason: vendorStatus === null ? 'BAD_REQUEST' : String(status) }
  }
  const code = readField(error, 'code')
  return { kind: 'unavailable', reason: String(status ?? code ?? 'INTERNAL') }
}

/** As the catalogue's core decides it. */
function isRetryable(status: number): boolean {
  return [408, 423, 429].includes(status) || (status >= 500 && status !== 501)
}

function isNotSubscribed(results: unknown): boolean {
  if (!Array.isArray(results)) return false
  return results.length > 0 && results.every((each) => readField(each, 'output') === NOT_SUBSCRIBED)
}

function readStatus(value: unknown): number | null {
  const status = readField(value, 'status')
  return typeof status === 'number' ? status : null
}

function readField(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as { [key: string]: unknown })[field] // reading any field of an object is safe
    : undefined
}
