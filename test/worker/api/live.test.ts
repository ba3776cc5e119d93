import { reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { appWith, bearer, deployedApp, localApp } from '../../support/app.ts'
import { Watcher } from '../../support/watcher.ts'

const LOCAL = 'http://127.0.0.1:8787'
const LIVE = `${LOCAL}/api/sources/local-website/live`
const TICKETS = `${LOCAL}/api/sources/local-website/live-tickets`
const TOKEN = bearer('local-admin-token')
const UPGRADE = { upgrade: 'websocket' }
const WRITE_KEY = 'local-write-key-0000000000000000'

afterEach(async () => {
  vi.useRealTimers()
  await reset()
})

const post = (path: string, body: object) =>
  localApp(`${LOCAL}${path}`, { method: 'POST', body: JSON.stringify(body) })
async function issue(): Promise<string> {
  const response = await localApp(TICKETS, { method: 'POST', headers: TOKEN })
  const { data } = await response.json<{ data: { ticket: string } }>()
  return data.ticket
}
const open = (query: string, headers = {}) =>
  localApp(`${LIVE}${query}`, { headers: { ...UPGRADE, ...headers } })

describe('GET /api/sources/{id}/live', () => {
  it('shows the holder of the token what clients send: accepted, doubled and refused', async () => {
    const watcher = new Watcher(await open('', TOKEN))
    const event = { type: 'track', userId: 'ada', event: 'Order', messageId: 'm1' }
    const batch = [event, event, { type: 'track', event: 'Order' }]
    await post('/v1/batch', { writeKey: WRITE_KEY, batch })
    const items = await watcher.shown(3)
    expect(items.map(({ kind, reason }) => [kind, reason])).toEqual([
      ['event', undefined],
      ['duplicate', undefined],
      ['discard', 'no_user_anon_id'],
    ])
    expect(items[0]?.event).toMatchObject({ ...event, receivedAt: items[0]?.receivedAt })
    expect(items[2]?.event).toEqual({ type: 'track', event: 'Order' })
  })

  it.each([
    ['?type=page', ['p']],
    ['?type=page&type=identify', ['p', 'i']],
    ['?type=page,identify', ['p', 'i']],
    ['?name=DONE', ['t']],
    ['?user=ada', ['t', 'i']],
    ['?type=&name=&user=', ['t', 'p', 'i']],
  ])('filters by %s', async (query, expected) => {
    const watcher = new Watcher(await open(query, TOKEN))
    const batch = [
      { type: 'track', userId: 'ada', event: 'Order done', messageId: 't' },
      { type: 'page', anonymousId: 'x', name: 'Home', messageId: 'p' },
      { type: 'identify', userId: 'ada', messageId: 'i' },
    ]
    await post('/v1/batch', { writeKey: WRITE_KEY, batch })
    const items = await watcher.shown(expected.length)
    const ids = items.map(({ event }) => typeof event === 'object' && event?.messageId)
    expect(ids).toEqual(expected)
  })

  it.each([
    ['?type=click', 'type.0 must be one of track, identify, page, screen, group, alias'],
    [`?user=${'u'.repeat(257)}`, 'user has more than 256 characters'],
  ])('answers 400 to %s', async (query, message) => {
    const response = await open(query, TOKEN)
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ errors: [{ type: 'bad-request', message }] })
  })

  it('answers 426 to a request that asks for no upgrade, and a ticket outlives it', async () => {
    const ticket = await issue()
    for (const init of [{ headers: TOKEN }, {}]) {
      const query = 'headers' in init ? '' : `?ticket=${ticket}`
      const response = await localApp(`${LIVE}${query}`, init)
      expect([response.status, response.headers.get('upgrade')]).toEqual([426, 'websocket'])
      expect(await response.json()).toMatchObject({ errors: [{ type: 'upgrade-required' }] })
    }
    expect((await open(`?ticket=${ticket}`)).status).toBe(101)
  })

  it('answers 404 to an unknown source', async () => {
    const headers = { ...UPGRADE, ...TOKEN }
    const response = await localApp(`${LOCAL}/api/sources/nobody/live`, { headers })
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ errors: [{ type: 'not-found' }] })
  })

  it('answers 401 without the token', async () => {
    for (const headers of [{}, bearer('wrong')]) {
      expect((await open('', headers)).status).toBe(401)
      expect((await open('?%74icket', headers)).status).toBe(401)
      expect((await deployedApp(LIVE, { headers: { ...UPGRADE, ...headers } })).status).toBe(401)
    }
  })

  it('tells who has too much company', async () => {
    for (let n = 0; n < 32; n += 1) new Watcher(await open('', TOKEN))
    const response = await open('', TOKEN)
    expect(response.status).toBe(429)
    expect(await response.json()).toMatchObject({ errors: [{ type: 'too-many-requests' }] })
  })
})

describe('a ticket for the live tail', () => {
  it('opens it once', async () => {
    const ticket = await issue()
    const watcher = new Watcher(await open(`?ticket=${ticket}&type=identify`))
    expect((await open(`?ticket=${ticket}`)).status).toBe(401)
    await post('/v1/page', { writeKey: WRITE_KEY, userId: 'ada' })
    await post('/v1/identify', { writeKey: WRITE_KEY, userId: 'ada' })
    expect(await watcher.shown(1)).toMatchObject([{ event: { type: 'identify' } }])
  })

  it('is refused after a minute', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const ticket = await issue()
    vi.setSystemTime(Date.now() + 60_000)
    const response = await open(`?ticket=${ticket}`)
    expect(response.status).toBe(401)
    expect(await response.json()).toEqual({
      errors: [{ type: 'unauthorized', message: 'the ticket is unknown, used or expired' }],
    })
  })

  it('is of its source only, and of no use elsewhere in the API', async () => {
    const ticket = await issue()
    const elsewhere = `/api/sources/nobody/live?ticket=${ticket}`
    expect((await localApp(`${LOCAL}${elsewhere}`, { headers: UPGRADE })).status).toBe(401)
    for (const path of ['/api/sources', '/api/sources/local-website/archive']) {
      expect((await localApp(`${LOCAL}${path}?ticket=${ticket}`)).status).toBe(401)
    }
    expect((await localApp(`${TICKETS}?ticket=${ticket}`, { method: 'POST' })).status).toBe(401)
  })

  it.each(['', 'x', 'x'.repeat(44), '%00'])('of %j wakes no object', async (ticket) => {
    const getByName = vi.spyOn(env.INTAKE, 'getByName')
    expect((await open(`?ticket=${ticket}`)).status).toBe(401)
    expect(getByName).not.toHaveBeenCalled()
    getByName.mockRestore()
  })

  it('is issued to the holder of the token, for a known source', async () => {
    const response = await localApp(TICKETS, { method: 'POST', headers: TOKEN })
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store'])
    expect(await response.json()).toEqual({
      data: {
        ticket: expect.stringMatching(/^[\w-]{43}$/),
        expiresAt: expect.stringMatching(/^\d{4}-.*Z$/),
      },
    })
    const unknown = `${LOCAL}/api/sources/nobody/live-tickets`
    expect((await localApp(unknown, { method: 'POST', headers: TOKEN })).status).toBe(404)
    expect((await localApp(TICKETS, { method: 'POST' })).status).toBe(401)
  })

  it('holds on a loopback name only, in a local run', async () => {
    const ticket = await issue()
    const foreign = `http://192.168.1.7/api/sources/local-website/live?ticket=${ticket}`
    expect((await localApp(foreign, { headers: UPGRADE })).status).toBe(401)
    const secured = appWith({ ADMIN_TOKEN: 'a-secret-of-the-deployment' })
    expect((await secured(`${LIVE}?ticket=${ticket}`, { headers: UPGRADE })).status).toBe(401)
  })
})
