import type { Context } from 'hono'
import { type Coding, chooseCoding, isNamed } from './content-coding.ts'
import type { Body } from './kept-bodies.ts'

/** Segment's own CDN keeps settings this long; a day more while a browser asks anew. */
const KNOWN_KEY = 'max-age=300, stale-while-revalidate=86400'
/** A source that was made a moment ago is known soon. */
const UNKNOWN_KEY = 'max-age=10'

/** What is answered with a body that many share. */
export interface KeptAnswer {
  readonly contentType: string
  readonly isKeyKnown: boolean
  readonly cookies: readonly string[]
}

/** The coding that the browser takes: Cloudflare's edge names its own in the header, and takes over. */
export function readCoding({ raw }: Context['req']): Coding {
  const { cf, headers } = raw
  const accepted = cf?.clientAcceptEncoding
  return chooseCoding(
    typeof accepted === 'string' ? accepted : (headers.get('accept-encoding') ?? ''),
  )
}

/** Answers with a compressed body, or with 304 to a browser that has it: both may bring cookies. */
export function answerKept(
  c: Context,
  { bytes, etag }: Body,
  { contentType, isKeyKnown, cookies }: KeptAnswer,
): Response {
  const coding = readCoding(c.req)
  const scope = cookies.length > 0 ? 'private' : 'public' // a cookie is for one browser only
  const headers = new Headers({
    'Access-Control-Allow-Origin': '*',
    'Cache-Control': `${scope}, ${isKeyKnown ? KNOWN_KEY : UNKNOWN_KEY}`,
    'Cross-Origin-Resource-Policy': 'cross-origin',
    ETag: etag,
    Vary: 'Accept-Encoding',
  })
  for (const cookie of cookies) headers.append('Set-Cookie', cookie)
  if (isNamed(etag, c.req.header('if-none-match') ?? '')) {
    return new Response(null, { status: 304, headers })
  }
  headers.set('Content-Type', contentType)
  if (coding !== 'identity') headers.set('Content-Encoding', coding)
  return new Response(bytes, {
    headers,
    encodeBody: coding === 'identity' ? 'automatic' : 'manual',
  })
}
