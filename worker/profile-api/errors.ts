import type { Context } from 'hono'

/** Segment's codes, https://segment.com/docs/unify/profile-api/#errors, and one for a 500. */
export type ProfileErrorCode =
  | 'authentication_error'
  | 'invalid_request_error'
  | 'validation_error'
  | 'not_found'
  | 'internal_error'

/** Answers an error of the Profile API: `{"error":{"code","message"}}`. */
export function answerProfileError(
  c: Context,
  status: 400 | 401 | 404 | 500,
  error: { readonly code: ProfileErrorCode; readonly message: string },
): Response {
  return c.json({ error }, status)
}

/** Answers a parameter that cannot be taken. */
export const answerInvalid = (c: Context, message: string): Response =>
  answerProfileError(c, 400, { code: 'invalid_request_error', message })

/** Answers for a profile that is not there, in Segment's words. */
export const answerNobody = (c: Context): Response =>
  answerProfileError(c, 404, { code: 'not_found', message: 'Profile was not found.' })
