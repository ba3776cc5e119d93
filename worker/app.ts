import { Hono } from 'hono'
import { reportFailure } from '../durable-objects/report.ts'
import { answerError } from './answers.ts'
import { answerApiError } from './api/errors.ts'
import { liveRoutes } from './api/live.ts'
import { receiptRoutes } from './api/receipts.ts'
import { snippetRoutes } from './api/snippet.ts'
import { sourceRoutes } from './api/sources.ts'
import { spaceRoutes } from './api/spaces.ts'
import type { AppEnv, Services } from './app-env.ts'
import { collectorCors } from './middleware/collector-cors.ts'
import { requireToken } from './middleware/require-token.ts'
import { profileRoutes } from './profile-api/routes.ts'
import { consoleRoutes } from './routes/console.tsx'
import { frontRoutes } from './routes/front.tsx'
import { pixelRoutes } from './routes/pixel.ts'
import { querystringRoutes } from './routes/querystring.ts'
import { sdkRoutes } from './routes/sdk.ts'
import { settingsRoutes } from './routes/settings.ts'
import { browserTrackingRoutes, trackingRoutes } from './routes/tracking.ts'

/** The routes of a deployment; every answer but pages and scripts is a JSON object. */
export function createApp({ deployment, workspace }: Services): Hono<AppEnv> {
  const app = new Hono<AppEnv>({ strict: false }) // Java's SDK posts to /v1/import/
  app.use(async (c, next) => {
    c.set('deployment', deployment)
    c.set('workspace', workspace)
    await next()
  })
  const { prefix } = deployment
  app.route('/v1/projects', settingsRoutes('v1'))
  app.route('/projects', settingsRoutes('v1')) // React Native's proxy knows no /v1
  app.route(`/${prefix}/v1/projects`, settingsRoutes(prefix))
  app.route('/', sdkRoutes(prefix))
  for (const path of ['/v1/*', '/b', '/beacon/*', `/${prefix}/*`]) app.use(path, collectorCors)
  app.route('/', trackingRoutes())
  for (const base of ['/v1/k/:key', `/${prefix}`, `/${prefix}/k/:key`]) {
    app.route(base, browserTrackingRoutes())
  }
  app.route('/v1/pixel', pixelRoutes())
  app.route('/v1/querystring', querystringRoutes())
  app.route('/v1/spaces', profileRoutes())
  app.route('/api/sources', liveRoutes()) // before the token: a ticket does as well
  app.use('/api/*', requireToken)
  app.route('/api/sources', sourceRoutes())
  app.route('/api/sources', snippetRoutes())
  app.route('/api/receipts', receiptRoutes())
  app.route('/api/spaces', spaceRoutes())
  app.all('/api/*', (c) => answerApiError(c, 404, 'route-not-found', 'there is no such operation'))
  app.route('/console', consoleRoutes())
  app.route('/', frontRoutes())
  app.notFound((c) => answerError(c, 404, { code: 'not_found', message: 'there is nothing here' }))
  app.onError((error, c) => {
    reportFailure('REQUEST_FAILED', { method: c.req.method, path: c.req.path }, error)
    return answerError(c, 500, { code: 'internal', message: 'an internal error was reported' })
  })
  return app
}
