import type { Context } from 'hono'

/** Answers an error of the Public API in Segment's shape: `{"errors":[{"type","message"}]}`. */
export function answerApiError(
  c: Context,
  status: 400 | 401 | 404 | 426 | 429 | 503,
  type: string,
  message: string,
): Response {
  return c.json({ errors: [{ type, message }] }, status)
}
