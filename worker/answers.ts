import type { Context } from 'hono'

/** SDKs honour these seconds before they try again. */
const RETRY_AFTER_SECONDS = 5
/** The period of the limits in wrangler.toml. */
const LIMIT_PERIOD_SECONDS = 10

/**
 * Answers an error with `code`, `message` and `error`: Python retries a 400 without the first two,
 * Ruby reads the last (contract, section 1.7).
 */
export function answerError(
  c: Context,
  status: 400 | 401 | 404 | 405 | 429 | 500 | 503,
  fault: { readonly code: string; readonly message: string },
): Response {
  if (status === 503) c.header('Retry-After', String(RETRY_AFTER_SECONDS))
  const { code, message } = fault
  return c.json({ success: false, code, message, error: message }, status)
}

/** Answers 429 in seconds to wait: old browser SDKs read `X-RateLimit-Reset`, new ones `Retry-After`. */
export function answerLimited(c: Context): Response {
  c.header('Retry-After', String(LIMIT_PERIOD_SECONDS))
  c.header('X-RateLimit-Reset', String(LIMIT_PERIOD_SECONDS))
  const message = 'too many requests; please send this again later'
  return answerError(c, 429, { code: 'rate_limited', message })
}

/** Answers 503 while what is needed does not answer; every SDK sends its events again. */
export function answerUnavailable(c: Context): Response {
  const message = 'the event log does not answer; please send this again'
  return answerError(c, 503, { code: 'unavailable', message })
}
