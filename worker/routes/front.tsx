import { Hono } from 'hono'
import {
  LOCAL_SOURCE_ID,
  LOCAL_WRITE_KEY,
} from '../../durable-objects/workspace/fixed-workspace.ts'
import { demoClient } from '../../generated/demo-client.ts'
import { answerTicket } from '../api/live.ts'
import type { AppEnv } from '../app-env.ts'
import { DemoPage } from '../console/demo/page.tsx'
import { readDemoFeed } from '../console/demo/read-feed.ts'
import { isLocalRequest, localOnly } from '../middleware/local-only.ts'

/** The front page; in a local run, and only under a loopback name, the demo shop and its feed. */
export function frontRoutes(): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .get('/', (c) => {
      if (!isLocalRequest(c)) return c.text('Millrace runs.\n')
      const { origin } = new URL(c.req.url)
      const sink = c.var.deployment.local?.demoSink ?? ''
      return c.html(
        <DemoPage
          writeKey={LOCAL_WRITE_KEY}
          source={LOCAL_SOURCE_ID}
          script={`/${c.var.deployment.prefix}/${LOCAL_WRITE_KEY}.js`}
          origin={origin}
          sink={sink}
        />,
      )
    })
    .get('/demo/client.js', localOnly, (c) =>
      c.body(demoClient, 200, { 'Content-Type': 'text/javascript; charset=utf-8' }),
    )
    .post('/demo/live-ticket', localOnly, (c) => answerTicket(c, LOCAL_SOURCE_ID))
    .get('/demo/feed', localOnly, async (c) => {
      const { archived, delivered } = c.req.query()
      const sink = c.var.deployment.local?.demoSink ?? ''
      const feed = await readDemoFeed(c.env, { source: LOCAL_SOURCE_ID, sink, archived, delivered })
      return c.json(feed, 200, { 'Cache-Control': 'no-store' })
    })
}
