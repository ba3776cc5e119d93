import { Hono } from 'hono'
import { liveClient } from '../../generated/live-client.ts'
import type { AppEnv } from '../app-env.ts'
import { LivePage, liveContentPolicy } from '../console/live/page.tsx'

/** Pages for people, under `/console`. They hold nothing themselves: all they show comes by the API. */
export function consoleRoutes(): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .get('/live', (c) => {
      c.header('Content-Security-Policy', liveContentPolicy(new URL(c.req.url).origin))
      c.header('Referrer-Policy', 'no-referrer')
      c.header('X-Content-Type-Options', 'nosniff')
      c.header('Cache-Control', 'no-store')
      return c.html(<LivePage />)
    })
    .get('/live.js', (c) =>
      c.body(liveClient, 200, { 'Content-Type': 'text/javascript; charset=utf-8' }),
    )
}
