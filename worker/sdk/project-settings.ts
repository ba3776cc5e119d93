/** Where a browser finds us. */
export interface Home {
  readonly host: string
  readonly protocol: string
  /** Below the host, without slashes around it: `v1` or the prefix. */
  readonly path: string
}

/** The SDK's own default; browsers may wait less long if the page closes. */
const BATCH_TIMEOUT_MS = 5_000
const BATCH_SIZE = 10

/** As analytics.js has them built in; mobile SDKs read them here. */
const HTTP_CONFIG = {
  rateLimitConfig: {
    enabled: true,
    maxRetryCount: 10,
    maxRetryInterval: 300,
    maxRateLimitDuration: 43_200,
  },
  backoffConfig: {
    enabled: true,
    maxRetryCount: 10,
    baseBackoffInterval: 0.5,
    maxBackoffInterval: 60,
    maxTotalBackoffDuration: 43_200,
    jitterPercent: 10,
    default4xxBehavior: 'drop',
    default5xxBehavior: 'retry',
    statusCodeOverrides: { 408: 'retry', 429: 'retry' },
  },
}

/**
 * What every SDK does: events go home in batches. Exactly one integration: with more analytics.js asks
 * for a further chunk; a sample rate of 0 keeps its telemetry at home (contract, section 5.3). Never
 * `keepalive`: retries that grow together beyond 64 KiB would stand still.
 */
export function browserSettings(writeKey: string, home: Home) {
  const apiHost = `${home.host}/${home.path}`
  const protocol = home.protocol === 'http' ? { protocol: 'http' } : {}
  const config = { size: BATCH_SIZE, timeout: BATCH_TIMEOUT_MS }
  return {
    integrations: {
      'Segment.io': {
        apiKey: writeKey,
        apiHost,
        ...protocol,
        deliveryStrategy: { strategy: 'batching', config },
      },
    },
    metrics: { sampleRate: 0, host: apiHost },
  }
}

/** The settings JSON of Segment's CDN, with everything that SDKs of browsers and apps look for. */
export function projectSettings(writeKey: string, home: Home) {
  const { integrations, metrics } = browserSettings(writeKey, home)
  return {
    integrations: {
      'Segment.io': {
        ...integrations['Segment.io'],
        addBundledMetadata: true,
        unbundledIntegrations: [],
        maybeBundledConfigIds: {},
        bundledConfigIds: [],
        unbundledConfigIds: [],
        retryQueue: true,
        versionSettings: { version: '4.4.7', componentTypes: ['browser'] },
        httpConfig: HTTP_CONFIG,
      },
    },
    plan: {
      track: { __default: { enabled: true, integrations: {} } },
      identify: { __default: { enabled: true } },
      group: { __default: { enabled: true } },
    },
    remotePlugins: [],
    middlewareSettings: { routingRules: [] },
    enabledMiddleware: {},
    metrics,
    legacyVideoPluginsEnabled: false,
    edgeFunction: {},
    autoInstrumentationSettings: { sampleRate: 0 },
    analyticsNextEnabled: true,
  }
}
