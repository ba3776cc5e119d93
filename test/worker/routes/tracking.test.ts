import { reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { decodeSegment } from '../../../worker/event/segment.ts'
import { decodeSpooled } from '../../../worker/event/spooled.ts'
import { localApp } from '../../support/app.ts'
import { track } from '../../support/events.ts'
import { readSpool } from '../../support/log.ts'

const WRITE_KEY = 'local-write-key-0000000000000000'
const BASE = 'http://127.0.0.1:8787'
const UNKNOWN_KEY = 'x'.repeat(32)

beforeEach(() => vi.spyOn(console, 'error').mockReturnValue())
afterEach(async () => {
  vi.restoreAllMocks()
  await reset()
})

const post = (path: string, body: BodyInit | object, headers: HeadersInit = {}, base = BASE) =>
  localApp(`${base}${path}`, {
    method: 'POST',
    headers,
    body: isBody(body) ? body : JSON.stringify(body),
  })
const isBody = (body: BodyInit | object): body is BodyInit =>
  typeof body === 'string' || body instanceof Uint8Array || body instanceof ReadableStream
const totals = (source = 'local-website') => env.INTAKE.getByName(`${source}:any:0`).totals()
const basic = (user: string) => ({ authorization: `Basic ${btoa(user)}` })
/** The lines that were appended to the log of a source. */
const appended = vi.fn<(line: { [key: string]: unknown }) => void>()
function watchAppends() {
  appended.mockClear()
  const getByName = env.INTAKE.getByName.bind(env.INTAKE)
  vi.spyOn(env.INTAKE, 'getByName').mockImplementation((name) => {
    const stub = getByName(name)
    return Object.assign(Object.create(stub), {
      append: (segments: readonly Uint8Array[]) => {
        for (const { items } of segments.map(decodeSegment)) {
          for (const { line } of items) appended(JSON.parse(new TextDecoder().decode(line)))
        }
        return stub.append(segments)
      },
    })
  })
}
function breakLog() {
  vi.spyOn(env.INTAKE, 'getByName').mockImplementation(() => {
    throw new Error('the object is gone')
  })
}
async function gzip(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

describe('POST /v1/…', () => {
  it.each([
    ['track', 'track'],
    ['t', 'track'],
    ['identify', 'identify'],
    ['i', 'identify'],
    ['page', 'page'],
    ['p', 'page'],
    ['screen', 'screen'],
    ['s', 'screen'],
    ['group', 'group'],
    ['g', 'group'],
    ['alias', 'alias'],
    ['a', 'alias'],
  ])('/v1/%s takes a %s call', async (path, type) => {
    watchAppends()
    const body = { writeKey: WRITE_KEY, userId: 'u', event: 'E', groupId: 'g', previousId: 'p' }
    const response = await post(`/v1/${path}`, body)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ success: true })
    expect(appended).toHaveBeenCalledWith(expect.objectContaining({ type, userId: 'u' }))
  })

  it.each(['batch', 'b', 'import', 'import/'])('/v1/%s takes a batch', async (path) => {
    const response = await post(`/v1/${path}`, { writeKey: WRITE_KEY, batch: [track(), track()] })
    expect([response.status, await response.json()]).toEqual([200, { success: true }])
    expect(await totals()).toMatchObject({ events: 2 })
  })

  it('answers telemetry, or SDK consoles fill with errors', async () => {
    expect((await post('/v1/m', { series: [] })).status).toBe(200)
  })

  it.each([
    ['Basic with a colon, as Ruby, Go and PHP', basic(`${WRITE_KEY}:`)],
    ['Basic without a colon', basic(WRITE_KEY)],
  ])('takes the key from %s', async (_, headers) => {
    expect((await post('/v1/batch', { batch: [track()] }, headers)).status).toBe(200)
    expect(await totals()).toMatchObject({ events: 1 })
  })

  it('takes the key of the body before the one of the header', async () => {
    await post('/v1/t', track({ writeKey: WRITE_KEY }), basic(`${UNKNOWN_KEY}:`))
    expect(await totals()).toMatchObject({ events: 1 })
  })

  it.each([
    ['text/plain, as browsers', { 'content-type': 'text/plain' }],
    ['no content type', {}],
  ])('takes a body of %s', async (_, headers) => {
    expect((await post('/v1/t', track({ writeKey: WRITE_KEY }), headers)).status).toBe(200)
    expect(await totals()).toMatchObject({ events: 1 })
  })

  it('takes a gzipped body, as mobile SDKs always send', async () => {
    const body = await gzip(JSON.stringify({ writeKey: WRITE_KEY, batch: [track()] }))
    expect((await post('/v1/b', body, { 'content-encoding': 'gzip' })).status).toBe(200)
    expect(await totals()).toMatchObject({ events: 1 })
  })

  it.each([
    ['no key', {}],
    ['an empty key', { writeKey: '' }],
    ['a key that is too short', { writeKey: 'abc123' }],
    ['a key that is no text', { writeKey: 7 }],
  ])('answers 400 to %s, with code, message and error', async (_, body) => {
    const response = await post('/v1/t', track(body))
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({
      success: false,
      code: 'invalid_request',
      message: 'no write key, or one that cannot be a write key',
      error: 'no write key, or one that cannot be a write key',
    })
  })

  it.each([
    ['invalid JSON', '{"batch":[, , ,]}', 'the body is not valid JSON'],
    ['an empty body', '', 'the body is not valid JSON'],
    ['a list', '[]', 'the body is not a JSON object'],
    ['null', 'null', 'the body is not a JSON object'],
  ])('answers 400 to %s', async (_, body, message) => {
    const response = await post('/v1/batch', body, basic(`${WRITE_KEY}:`))
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      code: 'invalid_request',
      message,
      error: message,
    })
  })

  it('answers 400 to a batch of more than 10,000 items, and keeps nothing of it', async () => {
    const batch = Array.from({ length: 10_001 }, () => 0)
    const response = await post('/v1/batch', { writeKey: WRITE_KEY, batch })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ message: 'batch of 10001 items exceeds 10000' })
    expect(await totals()).toMatchObject({ events: 0, discards: {} })
  })

  it('answers 400 to gzip that is cut', async () => {
    const body = (await gzip(JSON.stringify({ batch: [track()] }))).subarray(0, -12)
    const response = await post('/v1/b', body, { 'content-encoding': 'gzip' })
    expect(response.status).toBe(400)
  })

  it('takes a body of 512,000 bytes and answers 400 to one of 535,982, plain or gzipped', async () => {
    const body = (bytes: number) => {
      const batch = Array.from({ length: 600 }, () => track({ p: 'x'.repeat(700) }))
      const text = JSON.stringify({ writeKey: WRITE_KEY, batch, pad: '' })
      return text.replace('"pad":""', `"pad":"${'x'.repeat(bytes - text.length)}"`)
    }
    expect((await post('/v1/batch', body(512_000))).status).toBe(200)
    const large = body(535_982)
    for (const response of [
      await post('/v1/batch', large),
      await post('/v1/batch', await gzip(large), { 'content-encoding': 'gzip' }),
    ]) {
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({
        message: 'Exceed payload limit: more than 524288 bytes',
      })
    }
    expect(await totals()).toMatchObject({ events: 600 })
  })

  it('answers 200 to an unknown key and leaves its events to the Intake that decides', async () => {
    const response = await post('/v1/batch', { writeKey: UNKNOWN_KEY, batch: [track(), track()] })
    expect([response.status, await response.json()]).toEqual([200, { success: true }])
    expect(await totals('unverified')).toMatchObject({ events: 2, discards: {} })
  })

  it('knows the key of a local run only under a loopback name', async () => {
    const body = track({ writeKey: WRITE_KEY })
    expect((await post('/v1/t', body, {}, 'http://shop.example.com')).status).toBe(200)
    expect(await totals()).toMatchObject({ events: 0 })
    expect(await totals('unverified')).toMatchObject({ discards: { unknown_source: 1 } })
    for (const base of ['http://localhost:8787', 'http://[::1]:8787']) {
      await post('/v1/t', body, {}, base)
    }
    expect(await totals()).toMatchObject({ events: 2 })
  })

  it('stores the good siblings of a bad event once, and its duplicates as such', async () => {
    const batch = [
      track({ messageId: 'a' }),
      track({ userId: undefined }),
      track({ event: undefined }),
      track({ properties: 'x' }),
      track({ messageId: 'b' }),
    ]
    for (let sending = 1; sending <= 2; sending += 1) {
      expect((await post('/v1/batch', { writeKey: WRITE_KEY, batch })).status).toBe(200)
    }
    expect(await totals()).toMatchObject({
      events: 2,
      duplicates: 2,
      discards: { no_user_anon_id: 2, event_not_defined: 2, properties_not_object: 2 },
    })
  })

  it('takes one time of receipt for a request', async () => {
    watchAppends()
    await post('/v1/batch', { writeKey: WRITE_KEY, batch: [track(), track()] })
    const times = appended.mock.calls.map(([line]) => line.receivedAt)
    expect(new Set(times).size).toBe(1)
  })

  it('answers 200 when the object is gone, with the event in the spool', async () => {
    breakLog()
    const body = track({ writeKey: WRITE_KEY, messageId: 'spooled' })
    expect((await post('/v1/t', body)).status).toBe(200)
    const bodies = await readSpool('local-website:any:0')
    const segments = bodies.flatMap(decodeSpooled).map(decodeSegment)
    const lines = segments.flatMap(({ items }) => items.map(({ line }) => line))
    expect(lines.map((line) => JSON.parse(new TextDecoder().decode(line)))).toMatchObject([
      { type: 'track', messageId: 'spooled' },
    ])
  })

  it('answers 503 with Retry-After, never 200, when R2 does not answer either', async () => {
    breakLog()
    vi.spyOn(env.ARCHIVE, 'put').mockRejectedValue(new Error('R2 is down'))
    const response = await post('/v1/t', track({ writeKey: WRITE_KEY }))
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('5')
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(await response.json()).toMatchObject({ success: false, code: 'unavailable' })
  })

  it('tries the log once more with the same segments', async () => {
    const getByName = env.INTAKE.getByName.bind(env.INTAKE)
    vi.spyOn(env.INTAKE, 'getByName')
      .mockImplementationOnce(() => {
        throw new Error('the object moved')
      })
      .mockImplementation(getByName)
    expect((await post('/v1/t', track({ writeKey: WRITE_KEY }))).status).toBe(200)
    expect(await totals()).toMatchObject({ events: 1 })
  })
})

describe('200 requests at once', () => {
  it('make far fewer calls, and each event is stored once', async () => {
    const getByName = vi.spyOn(env.INTAKE, 'getByName')
    const requests = Array.from({ length: 200 }, (_, index) =>
      post('/v1/t', track({ writeKey: WRITE_KEY, messageId: `m${index}` })),
    )
    const statuses = (await Promise.all(requests)).map(({ status }) => status)
    expect(new Set(statuses)).toEqual(new Set([200]))
    expect(getByName.mock.calls.length).toBeLessThan(50)
    expect(await totals()).toMatchObject({ events: 200, duplicates: 0 })
  })
})

describe('CORS', () => {
  it.each(['/v1/t', '/v1/b', '/v1/m'])('names each header in the preflight of %s', async (path) => {
    const response = await localApp(`${BASE}${path}`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://shop.example.com',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,x-retry-count',
      },
    })
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-headers')).toBe(
      'Authorization,Content-Type,X-Retry-Count',
    )
    expect(Number(response.headers.get('access-control-max-age'))).toBeGreaterThan(0)
  })

  it('lets browsers read the waiting times, on errors too', async () => {
    const response = await post('/v1/t', 'no JSON', { origin: 'https://shop.example.com' })
    expect(response.status).toBe(400)
    expect(response.headers.get('access-control-allow-origin')).toBe('https://shop.example.com')
    expect(response.headers.get('access-control-expose-headers')).toBe(
      'Retry-After,X-RateLimit-Reset',
    )
  })
})
