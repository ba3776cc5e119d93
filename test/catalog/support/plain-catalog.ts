import http from 'node:http'
import https from 'node:https'
import { createRequire } from 'node:module'
import type { DestinationDefinition, JSONObject, SegmentEvent } from '@segment/actions-core'
import type {
  DestinationConfig,
  Subscription,
} from '../../../durable-objects/workspace/snapshot.ts'
import { CATALOG } from '../../../scripts/build/destinations.ts'
import { fixWorld } from './fixed-world.ts'
import { PROTOCOL_HEADER } from './vendor.ts'

const require = createRequire(import.meta.url)

/** The catalogue's core as Node loads it from node_modules. */
export const core: typeof import('@segment/actions-core') = require('@segment/actions-core')

/** A definition as Node loads it from node_modules. */
export function loadPlain(key: string): DestinationDefinition<JSONObject> {
  return require(`${CATALOG}/${key}`).default
}

/** Sends an event as the catalogue alone does, to the port; gives each subscription's error or null. */
export async function sendPlain(line: string, config: DestinationConfig, port: number) {
  const leave = redirectTo(port)
  const restore = fixWorld()
  try {
    const errors: unknown[] = []
    for (const subscription of config.subscriptions) {
      const sent = onEvent(line, config, subscription)
      errors.push(await sent.then(() => null).catch((error) => error))
    }
    return errors
  } finally {
    restore()
    leave()
  }
}

async function onEvent(line: string, config: DestinationConfig, subscription: Subscription) {
  const { action: partnerAction, trigger: subscribe, mapping } = subscription
  const destination = new core.Destination(loadPlain(config.catalogKey))
  const event: SegmentEvent = JSON.parse(line)
  const settings = { ...config.settings, subscription: { partnerAction, subscribe, mapping } }
  await destination.onEvent(event, settings as unknown as JSONObject)
}

/** node-fetch asks `https.request` at each call: here the same request goes to a loopback port. */
function redirectTo(port: number): () => void {
  const real = { http: http.request, https: https.request }
  const redirected = (options: http.RequestOptions) =>
    real.http({
      ...options,
      protocol: 'http:',
      host: '127.0.0.1',
      hostname: '127.0.0.1',
      port,
      headers: {
        ...(options.headers as http.OutgoingHttpHeaders), // node-fetch gives an object
        host: String(options.host),
        [PROTOCOL_HEADER]: String(options.protocol).replace(':', ''),
      },
    })
  Object.assign(http, { request: redirected })
  Object.assign(https, { request: redirected })
  return () => {
    Object.assign(http, { request: real.http })
    Object.assign(https, { request: real.https })
  }
}
