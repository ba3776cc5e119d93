// An address that a source does not want is stored nowhere, not even for a moment.
import { reset, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { IpPolicy } from '../../worker/event/ip-policy.ts'
import { Collector, WRITE_KEY } from '../support/collector.ts'
import { workspace } from '../support/mocked-workspace.ts'
import { source } from '../support/workspace.ts'

vi.mock(
  '../../durable-objects/workspace/fixed-workspace.ts',
  () => import('../support/mocked-workspace.ts'),
)

const V4 = '203.0.113.77'
const V6 = '2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff'
const PAYLOAD_IP = '198.51.100.123'
const TRACK = { type: 'track', event: 'E', userId: 'u' }

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2046-11-25T12:00:00Z') })
  vi.spyOn(console, 'error').mockReturnValue()
})
afterEach(async () => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  await reset()
})

/** Everything that the tables of an Intake hold, as text. */
async function readTables(name: string): Promise<string> {
  const stub = env.INTAKE.getByName(`${name}:any:0`)
  return runInDurableObject(stub, (_, { storage }) => {
    const bodies = ['log', 'chunk'].flatMap((table) =>
      storage.sql.exec<{ body: ArrayBuffer }>(`SELECT body FROM ${table}`).toArray(),
    )
    return bodies.map(({ body }) => new TextDecoder('latin1').decode(body)).join('\n')
  })
}

/** All ways in by which an address comes: connecting or in a payload, in a call, a pixel, a link, a discard. */
async function sendAll(collector: Collector): Promise<void> {
  for (const address of [V4, V6]) {
    const headers = { 'cf-connecting-ip': address }
    const call = { writeKey: WRITE_KEY, userId: 'u', event: 'E' }
    await collector.post('/v1/t', call, headers)
    await collector.post('/v1/t', { ...call, context: { ip: PAYLOAD_IP } }, headers)
    await collector.post('/v1/t', { ...call, event: 7, context: { ip: PAYLOAD_IP } }, headers)
    await collector.send(`/v1/pixel/track?writeKey=${WRITE_KEY}&userId=u&event=E`, { headers })
    await collector.send(`/v1/querystring?writeKey=${WRITE_KEY}&ajs_event=E`, { headers })
  }
}

describe.each<[IpPolicy, string[]]>([
  ['drop', []],
  ['truncate', ['203.0.113.0', '2001:db8:aaaa::', '198.51.100.0']],
  ['keep', [V4, V6, PAYLOAD_IP]],
])('a source whose policy is %s', (ipPolicy, kept) => {
  it('has exactly that of an address in log, queue and archive', async () => {
    workspace.has(source({ ipPolicy }))
    const messages: unknown[] = []
    for (const queue of [env.DELIVERIES, env.PROFILES]) {
      vi.spyOn(queue, 'sendBatch').mockImplementation(async (batch) => {
        messages.push(...[...batch].map(({ body }) => body))
        return { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } }
      })
    }
    const collector = new Collector(workspace)
    await sendAll(collector)
    const log = await readTables('shop')
    expect(log).toContain('"userId":"u"')
    const archive = JSON.stringify(await collector.archived())
    const after = await readTables('shop')
    const stored = [log, archive, after, JSON.stringify(messages)].join('\n')
    for (const address of [V4, V6, PAYLOAD_IP]) {
      expect(stored.includes(address), address).toBe(kept.includes(address))
    }
    for (const address of kept) expect(archive).toContain(address)
  })
})

describe('a key that nobody knows yet', () => {
  it('has its address cut before it is stored', async () => {
    workspace.now = null
    const collector = new Collector(workspace)
    const call = { writeKey: WRITE_KEY, userId: 'u', event: 'E' }
    await collector.post('/v1/t', call, { 'cf-connecting-ip': V4 })
    await collector.post('/v1/t', { ...call, event: 7, context: { ip: PAYLOAD_IP } })
    const log = await readTables('unverified')
    expect(log).toContain('203.0.113.0')
    expect(log).not.toContain(V4)
    expect(log).not.toContain(PAYLOAD_IP)
  })

  it('leaves nothing of an address in a source that wants none, discards included', async () => {
    workspace.now = null
    const collector = new Collector(workspace)
    const call = { writeKey: WRITE_KEY, userId: 'u', event: 'E', context: { ip: PAYLOAD_IP } }
    await collector.post('/v1/t', call, { 'cf-connecting-ip': V4 })
    await collector.post('/v1/t', { ...call, event: 7 }, { 'cf-connecting-ip': V4 })
    workspace.has(source({ ipPolicy: 'drop' }))
    await collector.verify()
    const stored = await readTables('shop')
    expect(stored).toContain('"userId":"u"')
    expect(stored).not.toMatch(/198\.51\.100|203\.0\.113/)
  })
})

describe('an item that is no event, or whose context is none', () => {
  it.each([
    ['a batch that is an object', { batch: { context: { ip: PAYLOAD_IP } } }],
    ['another envelope', { events: [{ context: { ip: PAYLOAD_IP } }] }],
    ['an item that is a list', { batch: [[{ context: { ip: PAYLOAD_IP } }]] }],
    ['a context that is a list', { batch: [{ ...TRACK, context: [{ ip: PAYLOAD_IP }] }] }],
  ])('keeps no address that its source does not want: %s', async (_, body) => {
    workspace.has(source({ ipPolicy: 'drop' }))
    const collector = new Collector(workspace)
    await collector.post('/v1/batch', { writeKey: WRITE_KEY, ...body })
    expect(await readTables('shop')).not.toContain(PAYLOAD_IP)
  })
})
