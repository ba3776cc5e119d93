import { reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { DestinationConfig } from '../../durable-objects/workspace/snapshot.ts'
import type { CatalogModule } from '../../queues/catalog/module.ts'
import { deliver } from '../../queues/deliver.ts'
import { encodePointer } from '../../queues/pointer.ts'
import { TestWorkspace } from '../support/workspace.ts'

/** Built, so without types of its own. */
const WEBHOOK = '../../generated/catalog/webhook.js'
const EVENTS = ['a', 'b', 'c'].map((messageId) => ({ type: 'track', event: 'E', messageId }))
const CONFIG: DestinationConfig = {
  id: 'tool',
  sourceId: 'shop',
  name: 'Tool',
  enabled: true,
  catalogKey: 'webhook',
  settings: {},
  subscriptions: [
    {
      id: 's',
      name: 'Send',
      enabled: true,
      action: 'send',
      trigger: 'type = "track"',
      mapping: { url: 'https://vendor.example.com/in', method: 'POST', data: { '@path': '$.' } },
    },
  ],
}
const chunk = (n: number) => ({
  intake: 'shop.any.0.deadbeef',
  chunk: n,
  key: `chunk-${n}`,
  lines: 3,
})
const pointer = (n: number, destination = 'tool') => encodePointer({ destination, ...chunk(n) })

let destinations: DestinationConfig[] = []
let answer: (body: { messageId: string }) => Response | Promise<Response>
let sent: string[] = []
let logged: string[] = []

beforeEach(() => {
  destinations = [CONFIG]
  answer = () => new Response('ok')
  sent = []
  logged = []
  vi.spyOn(console, 'error').mockImplementation((line) => logged.push(line))
  vi.spyOn(env.DELIVERIES, 'sendBatch').mockResolvedValue({
    metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } },
  })
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (request) => {
    const body = await new Request(request).json<{ messageId: string }>()
    sent.push(body.messageId)
    return answer(body)
  })
})
afterEach(async () => {
  vi.restoreAllMocks()
  await reset()
})

async function owe(n: number, events: readonly object[] = EVENTS): Promise<void> {
  const text = events.map((event) => `${JSON.stringify(event)}\n`).join('')
  const gzip = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))
  await env.ARCHIVE.put(`chunk-${n}`, await new Response(gzip).arrayBuffer())
  await env.DESTINATION.getByName('tool').owe([chunk(n)])
}
/** Hands messages to the consumer and says how each of them ended. */
async function consume(...bodies: unknown[]) {
  const ends = bodies.map((): string[] => [])
  const messages = bodies.map((body, index) => ({
    id: `message-${index}`,
    timestamp: new Date(),
    attempts: 1,
    body,
    ack: () => ends[index]?.push('ack'),
    retry: ({ delaySeconds = 0 }: QueueRetryOptions = {}) =>
      ends[index]?.push(`retry ${delaySeconds > 0 ? 'later' : 'now'}`),
  }))
  const workspace = new TestWorkspace()
  workspace.now = { version: 1, sources: [], destinations }
  await deliver({ queue: 'deliveries', messages } as unknown as MessageBatch, {
    env,
    workspace,
    loadModule: () => import(WEBHOOK) as Promise<CatalogModule>,
  })
  return ends.map((each) => each.join(', '))
}
const state = () => env.DESTINATION.getByName('tool').state()

describe('deliver', () => {
  it('sends each event of a chunk once and acks its pointer', async () => {
    await owe(1)
    expect(await consume(pointer(1))).toEqual(['ack'])
    expect(sent.sort()).toEqual(['a', 'b', 'c'])
    expect(await state()).toEqual({ owed: 0, delivered: 3, filtered: {}, dead: {} })
  })

  it('does nothing for a pointer that is doubled, late, or unknown to the ledger', async () => {
    await owe(1)
    expect(await consume(pointer(1), pointer(1))).toEqual(['ack', 'retry later'])
    expect(await consume(pointer(1), pointer(9))).toEqual(['ack', 'ack'])
    expect(sent).toHaveLength(3)
  })

  it('tries again only what the vendor did not take', async () => {
    await owe(1)
    answer = ({ messageId }) => new Response('', { status: messageId === 'b' ? 503 : 200 })
    expect(await consume(pointer(1))).toEqual([expect.stringMatching(/^retry/)])
    expect(await state()).toMatchObject({ owed: 1, delivered: 2 })
    expect(logged).toEqual([
      expect.stringContaining('"DELIVERY_UNAVAILABLE","destination":"tool","key":"chunk-1"'),
    ])
    sent = []
    answer = () => new Response('ok')
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 60_000)
    expect(await consume(pointer(1))).toEqual(['ack'])
    expect(sent).toEqual(['b'])
    expect(await state()).toMatchObject({ owed: 0, delivered: 3 })
  })

  it('counts what the vendor refuses, with its reason, and never sends it again', async () => {
    await owe(1)
    answer = ({ messageId }) => new Response('no, ada', { status: messageId === 'b' ? 400 : 200 })
    expect(await consume(pointer(1))).toEqual(['ack'])
    expect(await state()).toMatchObject({ owed: 0, delivered: 2, dead: { 400: 1 } })
    expect(logged).toEqual([expect.stringContaining('"DELIVERY_REFUSED","destination":"tool"')])
    expect(logged.join()).not.toContain('ada')
  })

  it('counts what no trigger matches as filtered', async () => {
    await owe(1, [...EVENTS.slice(0, 2), { type: 'page', messageId: 'p' }])
    expect(await consume(pointer(1))).toEqual(['ack'])
    expect(await state()).toMatchObject({ delivered: 2, filtered: { NO_MATCHING_MAPPING: 1 } })
  })

  it('owes the events of a vendor whose connection breaks', async () => {
    await owe(1)
    answer = () => Promise.reject(new TypeError('Network connection lost.'))
    expect(await consume(pointer(1))).toEqual([expect.stringMatching(/^retry/)])
    expect(await state()).toMatchObject({ owed: 3, delivered: 0, dead: {} })
  })

  it('buries what the archive no longer has', async () => {
    await owe(1)
    await env.ARCHIVE.delete('chunk-1')
    expect(await consume(pointer(1))).toEqual(['ack'])
    expect(await state()).toMatchObject({ owed: 0, dead: { ARCHIVE_MISSING: 3 } })
  })

  it('keeps the events of a destination that is switched off', async () => {
    await owe(1)
    destinations = [{ ...CONFIG, enabled: false }]
    expect(await consume(pointer(1))).toEqual([expect.stringMatching(/^retry/)])
    expect(await state()).toMatchObject({ owed: 3 })
  })

  it('ends each message by itself: neighbours of odd ones are delivered', async () => {
    await owe(1)
    const ends = await consume('nonsense', { v: 2, new: true }, pointer(1), pointer(1, 'nobody'))
    expect(ends).toEqual(['ack', 'retry later', 'ack', 'ack'])
    expect(sent).toHaveLength(3)
  })

  it('settles a success that comes after the lease: it counts whoever reports it', async () => {
    await owe(1)
    const start = Date.now()
    const now = vi.spyOn(Date, 'now').mockReturnValue(start)
    answer = () => {
      now.mockReturnValue(start + 31_000) // the lease has 30 s
      return new Response('ok')
    }
    await consume(pointer(1))
    expect((await state()).delivered).toBeGreaterThan(0)
  })

  it('tries again later when the ledger does not answer', async () => {
    await owe(1)
    vi.spyOn(env.DESTINATION, 'getByName').mockImplementation(() => {
      throw new Error('the object is gone')
    })
    expect(await consume(pointer(1))).toEqual(['retry later'])
    expect(sent).toEqual([])
  })
})
