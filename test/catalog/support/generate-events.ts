import type { JSONObject } from '@segment/actions-core'
import type { Random } from '../../../bench/seeded-random.ts'
import { pick } from './pick.ts'

/** The six calls of the Tracking API. */
export const CALLS = ['track', 'identify', 'page', 'screen', 'group', 'alias'] as const
export type Call = (typeof CALLS)[number]

const TEXTS = [
  'ada',
  'Größe 42',
  'ünïcode ✓ 日本',
  '',
  'a & b = "c"',
  '<b>',
  '12',
  'line\nbreak',
] as const
const AGENTS = [
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
  'curl/8.5.0',
] as const

/** An event as Millrace archives it: what a call must have, and some of what it may have. */
export function generateEvent(call: Call, random: Random): JSONObject {
  const number = Math.floor(random() * 1e9)
  return {
    type: call,
    messageId: `message-${number}`,
    timestamp: '2026-10-06T11:59:58.123Z',
    sentAt: '2026-10-06T11:59:59.000Z',
    receivedAt: '2026-10-06T12:00:00.000Z',
    anonymousId: `anonymous-${number % 97}`,
    ...(random() < 0.7 || call !== 'track' ? { userId: `user-${number % 89}` } : {}),
    context: generateContext(random),
    ...ofCall(call, random),
  }
}

function ofCall(call: Call, random: Random): JSONObject {
  switch (call) {
    case 'track':
      return random() < 0.4
        ? { event: 'Order Completed', properties: generateOrder(random) }
        : { event: `Seen ${pick(random, TEXTS)}`, properties: generateFields(random) }
    case 'identify':
      return { traits: { email: 'ada@example.com', ...generateFields(random) } }
    case 'page':
    case 'screen':
      return { name: pick(random, TEXTS), category: 'shop', properties: generateFields(random) }
    case 'group':
      return { groupId: `group-${Math.floor(random() * 9)}`, traits: generateFields(random) }
    case 'alias':
      return { previousId: `previous-${Math.floor(random() * 9)}` }
    default:
      return call satisfies never
  }
}

function generateContext(random: Random): JSONObject {
  const optional: JSONObject = {
    ip: '203.0.113.7',
    userAgent: pick(random, AGENTS),
    locale: 'en-GB',
    timezone: 'Europe/London',
    campaign: { name: 'spring', source: pick(random, TEXTS), medium: 'mail' },
    page: {
      url: 'https://shop.example/a?utm_source=x&b=1',
      path: '/a',
      referrer: '',
      search: '?b=1',
    },
    device: {
      id: 'd-1',
      type: 'ios',
      model: 'iPhone17,1',
      manufacturer: 'Apple',
      advertisingId: 'ad',
    },
    os: { name: 'iOS', version: '18.0' },
    app: { name: 'Shop', version: '1.2.3', build: '45' },
    location: { country: 'GB', city: 'London', latitude: 51.5, longitude: -0.12 },
    screen: { width: 390, height: 844, density: 3 },
    groupId: 'group-1',
  }
  const kept = Object.entries(optional).filter(() => random() < 0.6)
  return {
    library: { name: 'analytics.js', version: 'npm:next-1.84.3' },
    ...Object.fromEntries(kept),
  }
}

function generateOrder(random: Random): JSONObject {
  const products = Array.from({ length: 1 + Math.floor(random() * 3) }, (_, n) => ({
    product_id: `p-${n}`,
    name: pick(random, TEXTS),
    price: Math.round(random() * 1e4) / 100,
    quantity: n + 1,
  }))
  return { order_id: `o-${Math.floor(random() * 1e6)}`, revenue: 39.95, currency: 'EUR', products }
}

function generateFields(random: Random): JSONObject {
  const fields: JSONObject = {
    text: pick(random, TEXTS),
    number: pick(random, [0, -1, 1.5, 1e21, 9_007_199_254_740_991]),
    flag: random() < 0.5,
    nothing: null,
    list: [1, 'two', { three: 3 }, []],
    nested: { a: { b: pick(random, TEXTS) }, empty: {} },
    'odd key $': '$.event',
    createdAt: '2026-01-02T03:04:05Z',
    plan: 'pro',
  }
  return Object.fromEntries(Object.entries(fields).filter(() => random() < 0.6))
}
