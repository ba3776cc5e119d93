import { type Context, Hono } from 'hono'
import { answerError } from '../answers.ts'
import type { AppEnv } from '../app-env.ts'
import { isPlausibleKey } from '../event/write-key.ts'
import { publicCors } from '../middleware/collector-cors.ts'

/** Segment's own CDN keeps settings this long. */
const SETTINGS_MAX_AGE_SECONDS = 300

/** `GET /v1/projects/{writeKey}/settings`: what analytics.js and the mobile SDKs ask at start. */
export function settingsRoutes(): Hono<AppEnv> {
  return new Hono<AppEnv>().use(publicCors).get('/:key/settings', answerSettings)
}

/** The same for every plausible key: the collector decides later whose it is. */
function answerSettings(c: Context<AppEnv>): Response {
  const writeKey = c.req.param('key')
  if (!isPlausibleKey(writeKey)) {
    return answerError(c, 404, { code: 'not_found', message: 'this cannot be a write key' })
  }
  c.header('Cache-Control', `public, max-age=${SETTINGS_MAX_AGE_SECONDS}`)
  return c.json(projectSettings(writeKey, new URL(c.req.url)))
}

/**
 * Settings that point home. Exactly one integration: with more the SDK asks for a further chunk. A
 * sample rate of 0 keeps its telemetry from Segment (contract, section 5.3).
 */
function projectSettings(writeKey: string, { host, protocol }: URL) {
  return {
    integrations: {
      'Segment.io': {
        apiKey: writeKey,
        apiHost: `${host}/v1`,
        protocol: protocol.slice(0, -1),
        addBundledMetadata: true,
        unbundledIntegrations: [],
        maybeBundledConfigIds: {},
        deliveryStrategy: { strategy: 'standard' },
      },
    },
    plan: { track: { __default: { enabled: true, integrations: {} } } },
    remotePlugins: [],
    middlewareSettings: { routingRules: [] },
    enabledMiddleware: {},
    metrics: { sampleRate: 0, host: `${host}/v1` },
    legacyVideoPluginsEnabled: false,
    analyticsNextEnabled: true,
  }
}
