import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../app-env.ts'
import { isAdminToken } from '../middleware/require-token.ts'
import { answerProfileError } from './errors.ts'

/** Lets a request pass whose Basic user name is the API token, with an empty password. */
export const requireBasicToken = createMiddleware<AppEnv>(async (c, next) => {
  const given = readToken(c.req.header('authorization') ?? '')
  if (given !== null && isAdminToken(c, given)) return next()
  const message = 'The access token is missing or wrong: it is the user name of HTTP Basic.'
  return answerProfileError(c, 401, { code: 'authentication_error', message })
})

function readToken(authorization: string): string | null {
  const encoded = /^Basic\s+(\S+)$/i.exec(authorization)?.[1]
  if (encoded === undefined) return null
  try {
    return /^([^:]+):$/.exec(atob(encoded))?.[1] ?? null
  } catch {
    return null // not Base64: the same as no credentials
  }
}
