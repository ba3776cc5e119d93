import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { appWith, bearer, deployedApp, localApp } from '../../support/app.ts'

const LOCAL = 'http://127.0.0.1:8787'
const DEPLOYED = 'https://events.example.com'
const TOKEN = 'local-admin-token'
const OPERATIONS = ['/api/sources', '/api/sources/local-website/archive', '/api/nothing']

describe('the API', () => {
  it.each(OPERATIONS)('refuses %s on a deployment until its token is set', async (path) => {
    for (const headers of [{}, bearer(TOKEN), bearer(''), bearer('null')]) {
      for (const base of [DEPLOYED, LOCAL]) {
        expect((await deployedApp(`${base}${path}`, { headers })).status).toBe(401)
      }
    }
  })

  it.each(OPERATIONS)('refuses %s without the right token', async (path) => {
    const secured = appWith({ ADMIN_TOKEN: 'a-secret-of-the-deployment' })
    for (const headers of [{}, bearer('a-secret-of-the-deploymenT'), bearer(TOKEN)]) {
      const response = await secured(`${DEPLOYED}${path}`, { headers })
      expect(response.status).toBe(401)
      expect(await response.json()).toEqual({
        errors: [{ type: 'unauthorized', message: 'a valid Bearer token is required' }],
      })
    }
  })

  it('takes the token that is set', async () => {
    const secured = appWith({ ADMIN_TOKEN: 'a-secret-of-the-deployment' })
    const headers = bearer('a-secret-of-the-deployment')
    expect((await secured(`${DEPLOYED}/api/sources`, { headers })).status).toBe(200)
  })

  it('takes the local token only in a local run, under a loopback name, whatever secret is set', async () => {
    for (const app of [localApp, appWith({ LOCAL: 'true', ADMIN_TOKEN: 'short' })]) {
      const headers = bearer(TOKEN)
      expect((await app(`${LOCAL}/api/sources`, { headers })).status).toBe(200)
      expect((await app(`http://192.168.1.7/api/sources`, { headers })).status).toBe(401)
      expect((await app(`${LOCAL}/api/sources`, { headers: bearer('short') })).status).toBe(401)
    }
  })

  it('answers an unknown operation with route-not-found', async () => {
    const response = await localApp(`${LOCAL}/api/nothing`, { headers: bearer(TOKEN) })
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ errors: [{ type: 'route-not-found' }] })
  })
})

describe('GET /api/sources', () => {
  it('lists the source of a local run in the shape of the Public API', async () => {
    const response = await localApp(`${LOCAL}/api/sources`, { headers: bearer(TOKEN) })
    expect(await response.json()).toEqual({
      data: {
        sources: [
          {
            id: 'local-website',
            slug: 'website',
            name: 'Website',
            enabled: true,
            writeKeys: ['local-write-key-0000000000000000'],
            settings: {},
            labels: [],
          },
        ],
        pagination: { current: 'MA==', totalEntries: 1 },
      },
    })
  })
})

describe('GET /api/sources/{id}/archive', () => {
  const at = (time: string) => ({ receivedAt: `2026-11-25T${time}Z`, messageId: time })
  const read = async (query: string) => {
    const url = `${LOCAL}/api/sources/local-website/archive?${query}`
    const response = await localApp(url, { headers: bearer(TOKEN) })
    const text = new TextDecoder().decode(await response.arrayBuffer())
    const lines = text.split('\n').slice(0, -1)
    return lines.map((line) => JSON.parse(line).messageId)
  }
  async function put(hour: string, chunk: string, events: ReturnType<typeof at>[]) {
    const text = events.map((event) => `${JSON.stringify(event)}\n`).join('')
    const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))
    const body = await new Response(stream).arrayBuffer()
    await env.ARCHIVE.put(`archive/local-website/2026/11/25/${hour}/${chunk}.ndjson.gz`, body, {
      customMetadata: {
        firstReceivedAt: events[0]?.receivedAt ?? '',
        lastReceivedAt: events.at(-1)?.receivedAt ?? '',
      },
    })
  }

  it('streams the lines of a range by receivedAt, the end excluded, in order', async () => {
    await put('07', 'a', [at('07:00:00.000'), at('07:59:59.999')])
    await put('08', 'b', [at('07:59:59.500'), at('08:00:00.000')])
    await put('09', 'c', [at('09:00:00.000')])
    expect(await read('start=2026-11-25T07:59:59.500Z&end=2026-11-25T09:00:00Z')).toEqual([
      '07:59:59.999',
      '07:59:59.500',
      '08:00:00.000',
    ])
    expect(await read('')).toHaveLength(5)
    expect(await read('start=2026-11-25T09:00:00.001Z')).toEqual([])
  })

  it('finds an event in a chunk that was planned hours after it was received', async () => {
    await put('23', 'late', [at('03:00:00.000')])
    expect(await read('start=2026-11-25T03:00:00Z&end=2026-11-25T03:00:01Z')).toEqual([
      '03:00:00.000',
    ])
  })

  it.each([
    ['start=yesterday', 'start is not an ISO time'],
    ['end=x', 'end is not an ISO time'],
  ])('answers 400 to %s', async (query, message) => {
    const url = `${LOCAL}/api/sources/local-website/archive?${query}`
    const response = await localApp(url, { headers: bearer(TOKEN) })
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ errors: [{ type: 'bad-request', message }] })
  })

  it('answers 404 to an unknown source', async () => {
    const url = `${LOCAL}/api/sources/nobody/archive`
    const response = await localApp(url, { headers: bearer(TOKEN) })
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ errors: [{ type: 'not-found' }] })
  })

  it('breaks the stream off when a chunk is damaged, so that nobody takes it for whole', async () => {
    await env.ARCHIVE.put('archive/local-website/2026/11/25/10/bad.ndjson.gz', 'not gzip')
    await expect(read('start=2026-11-25T10:00:00Z')).rejects.toThrow()
  })
})
