import type { Context } from 'hono'
import { generateCookie, getCookie } from 'hono/cookie'
import { getDomain } from 'tldts'
import type { AppEnv } from '../app-env.ts'
import { decideVisitor } from './visitor.ts'

/** Where analytics.js keeps its anonymous id, on the site that it shares with us. */
const READABLE = 'ajs_anonymous_id'
const YEAR_SECONDS = 31_536_000

/** The name of the cookie by which a visitor opts out, at sources that honour it. */
export const optOutCookie = (prefix: string): string => `${prefix}_off`

/** Whether a browser says that it does not want to be followed. */
export function isOptedOut(c: Context<AppEnv>): boolean {
  const { prefix } = c.var.deployment
  return c.req.header('sec-gpc') === '1' || getCookie(c, optOutCookie(prefix)) !== undefined
}

/** Takes back what an earlier answer has set. */
export function forgetVisitor(c: Context<AppEnv>): string[] {
  const { prefix } = c.var.deployment
  const domain = siteOf(new URL(c.req.url).hostname)
  const gone = { path: '/', maxAge: 0 } as const
  const isThere = (name: string) => getCookie(c, name) !== undefined
  return [
    ...(isThere(prefix) ? [generateCookie(prefix, '', gone)] : []),
    ...(isThere(READABLE)
      ? [generateCookie(READABLE, '', domain === null ? gone : { ...gone, domain })]
      : []),
  ]
}

/**
 * The cookies of an answer that happens anyway. Safari forgets after seven days what a script has set,
 * so the server keeps the visitor's id for a year in a cookie of its own, which no script can read, and
 * restores the script's one from it; never over one that is there, or `reset()` would be undone.
 */
export function rememberVisitor(c: Context<AppEnv>): string[] {
  const { prefix } = c.var.deployment
  const url = new URL(c.req.url)
  const seen = { readable: getCookie(c, READABLE) ?? null, master: getCookie(c, prefix) ?? null }
  const { id, isToldToBrowser } = decideVisitor(seen, () => crypto.randomUUID())
  const common = {
    path: '/',
    maxAge: YEAR_SECONDS,
    sameSite: 'Lax',
    secure: url.protocol === 'https:',
  } as const
  const master = generateCookie(prefix, id, { ...common, httpOnly: true })
  if (!isToldToBrowser) return [master]
  const domain = siteOf(url.hostname)
  return [master, generateCookie(READABLE, id, domain === null ? common : { ...common, domain })]
}

/** As analytics.js finds it: the widest domain that a browser accepts; none of a name like `localhost`. */
export const siteOf = (hostname: string): string | null =>
  getDomain(hostname, { allowPrivateDomains: true })
