// Real-world cases of collectors: ids, numbers, bytes and sizes at the edge of what is taken.
import { reset } from 'cloudflare:test'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Collector, gzip, WRITE_KEY } from '../support/collector.ts'
import { track } from '../support/events.ts'
import { workspace } from '../support/mocked-workspace.ts'
import { source } from '../support/workspace.ts'

vi.mock(
  '../../durable-objects/workspace/fixed-workspace.ts',
  () => import('../support/mocked-workspace.ts'),
)

const NOON = '2046-11-25T12:00:00.000Z'
const SERVER_KEY = 'server-write-key-0000000000000000'
let collector: Collector

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date(NOON) })
  vi.spyOn(console, 'error').mockReturnValue()
  workspace.has(source(), source({ id: 'backend', writeKeys: [SERVER_KEY] }))
  collector = new Collector(workspace)
})
afterEach(async () => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  await reset()
})

describe('C19, ids that are no texts', () => {
  it.each([55_520, 55_520.5, 0, -1, false, true, {}, [], ['u'], ''])(
    'discard their event as id_not_string, whatever they are: %j',
    async (userId) => {
      await collector.batch(track({ userId }), track({ userId: '55520' }))
      expect(await collector.archived()).toMatchObject([{ userId: '55520' }])
      expect(await collector.totals()).toMatchObject({ discards: { id_not_string: 1 } })
    },
  )

  it('null is absent, and a trait called userId replaces nothing', async () => {
    await collector.batch(
      { type: 'identify', userId: null, anonymousId: 'a', traits: { userId: 55_520, id: 1 } },
      { type: 'identify', userId: '55520', traits: { userId: 55_520.5 } },
    )
    expect(await collector.archived()).toMatchObject([
      { userId: null, anonymousId: 'a', traits: { userId: 55_520, id: 1 } },
      { userId: '55520', traits: { userId: 55_520.5 } },
    ])
  })
})

describe('C22, texts that look like dates', () => {
  it('stay as they are', async () => {
    const properties = {
      a: '2015-10-30T14:10:00+0100',
      b: '2020-01-16 14:10:59',
      c: '1990-01-02',
      d: '20240101',
    }
    await collector.batch(track({ properties }))
    expect(await collector.archived()).toMatchObject([{ properties }])
  })
})

describe('numbers with more digits than a double holds', () => {
  it('stay as they are in the archive', async () => {
    const properties = '{"id":12345678901234567890,"pi":3.14159265358979323846,"n":1,"e":-0.5}'
    const event = `{"type":"track","event":"E","userId":"u","properties":${properties}}`
    const body = `{"writeKey":"${WRITE_KEY}","batch":[${event}]}`
    await collector.send('/v1/batch', { method: 'POST', body })
    expect(await collector.archivedText()).toContain(`"properties":${properties}`)
  })

  it('are no ids and no contexts', async () => {
    const big = '12345678901234567890'
    const body = `{"writeKey":"${WRITE_KEY}","batch":[{"type":"track","event":"E","userId":${big}},{"type":"track","event":"E","userId":"u","context":${big}}]}`
    await collector.send('/v1/batch', { method: 'POST', body })
    expect(await collector.archivedText()).toContain(`"context":${big}`)
    expect(await collector.totals()).toMatchObject({ discards: { id_not_string: 1 } })
  })
})

describe('bytes that are no UTF-8', () => {
  it('cost their character, not their event', async () => {
    const text = JSON.stringify({ ...track({ properties: { s: 'caf_' } }), writeKey: WRITE_KEY })
    const body = new TextEncoder().encode(text).map((byte) => (byte === 0x5f ? 0xe9 : byte))
    await collector.send('/v1/track', { method: 'POST', body })
    expect(await collector.archived()).toMatchObject([{ properties: { s: 'caf\ufffd' } }])
  })
})

describe('gzip that only strict readers refuse', () => {
  it.each([
    ['of two members', (a: Uint8Array, b: Uint8Array) => [a, b]],
    ['with zeros behind it', (a: Uint8Array, b: Uint8Array) => [a, b, new Uint8Array(32)]],
  ])('%s is read', async (_, join) => {
    const text = JSON.stringify({ writeKey: WRITE_KEY, batch: [track()] })
    const parts = join(await gzip(text.slice(0, 20)), await gzip(text.slice(20)))
    const body = await new Blob(parts as BlobPart[]).arrayBuffer()
    await collector.send('/v1/batch', { method: 'POST', body })
    expect(await collector.archived()).toHaveLength(1)
  })
})

describe('a small request that would become a large one', () => {
  const shared = (size: number) =>
    Object.fromEntries(Array.from({ length: size }, (_, n) => [`k${n}`, n]))
  it.each([
    ['an object of 30,000 fields', shared(30_000)],
    ['a list of 200,000 zeros', { a: Array.from({ length: 200_000 }, () => 0) }],
  ])(
    'by a context shared with 2,400 items costs neither memory nor seconds: %s',
    async (_, context) => {
      const batch = Array.from({ length: 2_400 }, () => ({ type: 'track', context: {} }))
      const startedAt = performance.now()
      const response = await collector.post('/v1/batch', { writeKey: WRITE_KEY, context, batch })
      expect(response.status).toBe(200)
      expect(performance.now() - startedAt).toBeLessThan(2_000)
      expect(await collector.totals()).toMatchObject({ discards: { exceeds_payload_limit: 2_400 } })
    },
  )

  it('by a gzip of 64 MiB of zeros is refused', async () => {
    let written = 0
    const zeros = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(1_048_576))
        written += 1
        if (written === 64) controller.close()
      },
    })
    const body = await new Response(zeros.pipeThrough(new CompressionStream('gzip'))).arrayBuffer()
    const response = await collector.send('/v1/batch', { method: 'POST', body })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      message: 'Exceed payload limit: more than 524288 bytes',
    })
  })
})

describe('C23, the edge of the limits', () => {
  const bodyOf = (bytes: number) => {
    const batch = Array.from({ length: 500 }, (_, n) => track({ p: 'ä😀'.repeat(80), n }))
    const body = JSON.stringify({ writeKey: WRITE_KEY, batch, pad: '' })
    const missing = bytes - new TextEncoder().encode(body).length
    return body.replace('"pad":""', `"pad":"${'x'.repeat(missing)}"`)
  }

  it.each([
    [511_900, 200],
    [512_000, 200],
    [535_982, 400],
  ])('a body of %i bytes is %i, plain and gzipped', async (bytes, status) => {
    const body = bodyOf(bytes)
    for (const init of [{ body }, { body: await gzip(body) }]) {
      const response = await collector.send('/v1/batch', { method: 'POST', ...init })
      expect(response.status).toBe(status)
      const answer = await response.json<{ message?: string }>()
      if (status === 400)
        expect(answer.message).toBe('Exceed payload limit: more than 524288 bytes')
    }
    const { events, discards } = await collector.totals()
    expect({ events, discards }).toEqual({ events: status === 200 ? 1_000 : 0, discards: {} })
  })

  it('an item of 32,768 bytes is kept and one of 33,500 discarded with its reason; bytes, not characters', async () => {
    const itemOf = (bytes: number) => {
      const empty = new TextEncoder().encode(JSON.stringify(track({ p: '😀' }))).length
      return track({ p: `😀${'x'.repeat(bytes - empty)}` })
    }
    await collector.batch(itemOf(32_000), itemOf(33_500), track({ messageId: 'sibling' }))
    expect(await collector.archived()).toHaveLength(2)
    expect(await collector.totals()).toMatchObject({ discards: { exceeds_payload_limit: 1 } })
  })
})

describe('C24, long and odd message ids', () => {
  it.each(['x'.repeat(100), 'x'.repeat(101), 'x'.repeat(5_000), 'with\nline feed, "quote" and 😀'])(
    'are compared exactly: %.20s',
    async (messageId) => {
      await collector.batch(track({ messageId }), track({ messageId: `${messageId}!` }))
      await collector.batch(track({ messageId }))
      const archived = await collector.archived()
      expect(archived.map((line) => line.messageId)).toEqual([messageId, `${messageId}!`])
      expect(await collector.totals()).toMatchObject({ duplicates: 1 })
    },
  )

  it('that differ in half a character only are two', async () => {
    await collector.batch(track({ messageId: 'x\ud800' }), track({ messageId: 'x\udbff' }))
    expect(await collector.archived()).toHaveLength(2)
  })

  it('numbers that are one to a double are two events', async () => {
    const ids = ['1735689600000000001', '1735689600000000002']
    const batch = ids.map((id) => `{"type":"track","event":"E","userId":"u","messageId":${id}}`)
    const body = `{"writeKey":"${WRITE_KEY}","batch":[${batch.join()}]}`
    await collector.send('/v1/batch', { method: 'POST', body })
    expect(await collector.archived()).toHaveLength(2)
  })

  it('a number is its text, also when it is sent again, and the event says what was sent', async () => {
    await collector.batch(track({ messageId: 7 }))
    await collector.batch(track({ messageId: 7 }))
    expect(await collector.archived()).toMatchObject([
      { messageId: '7', _metadata: { sentMessageId: 7 } },
    ])
  })
})
