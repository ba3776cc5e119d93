import type { Context } from 'hono'

/** SDKs honour these seconds before they try again. */
const RETRY_AFTER_SECONDS = 5

/**
 * Answers an error with `code`, `message` and `error`: Python retries a 400 without the first two,
 * Ruby reads the last (contract, section 1.7).
 */
export function answerError(
  c: Context,
  status: 400 | 401 | 404 | 405 | 413 | 500 | 503,
  fault: { readonly code: string; readonly message: string },
): Response {
  if (status === 503) c.header('Retry-After', String(RETRY_AFTER_SECONDS))
  const { code, message } = fault
  return c.json({ success: false, code, message, error: message }, status)
}
