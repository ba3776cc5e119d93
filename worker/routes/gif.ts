import { Buffer } from 'node:buffer'
import type { Context } from 'hono'

/** One transparent pixel. */
const GIF = new Uint8Array(
  Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64'),
)

/** A GIF that nobody keeps: mail proxies would count one opening only. */
export function answerGif(c: Context): Response {
  return c.body(GIF, 200, { 'Content-Type': 'image/gif', 'Cache-Control': 'no-store' })
}
