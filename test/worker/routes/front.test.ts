import { reset } from 'cloudflare:test'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { deployedApp, localApp } from '../../support/app.ts'

beforeEach(() => reset())

const LOCAL = 'http://127.0.0.1:8787'
const DEPLOYED = 'https://events.example.com'

describe('the front page', () => {
  it('says that Millrace runs and nothing else, on a deployment', async () => {
    for (const base of [DEPLOYED, LOCAL]) {
      const response = await deployedApp(`${base}/`)
      expect([response.status, await response.text()]).toEqual([200, 'Millrace runs.\n'])
    }
  })

  it.each(['http://127.0.0.1:8787', 'http://localhost:8787', 'http://[::1]:8787'])(
    'is the demo shop in a local run, at %s',
    async (base) => {
      const response = await localApp(`${base}/`)
      expect(response.headers.get('content-type')).toContain('text/html')
      const page = await response.text()
      expect(page).toContain('local-write-key-0000000000000000')
      expect(page).toContain('/demo/client.js')
    },
  )

  it.each(['http://192.168.1.7:8787', 'http://127.0.0.1.example.com', 'http://evil.example.com'])(
    'shows nothing of the demo under the name %s, in a local run too',
    async (base) => {
      expect(await (await localApp(`${base}/`)).text()).toBe('Millrace runs.\n')
      for (const path of ['/demo/feed', '/demo/client.js']) {
        expect((await localApp(`${base}${path}`)).status).toBe(404)
      }
    },
  )

  it('gives a ticket for the live tail of its source, in a local run under a loopback name only', async () => {
    const ask = (app: typeof localApp, base: string) =>
      app(`${base}/demo/live-ticket`, { method: 'POST' })
    const response = await ask(localApp, LOCAL)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
    const { data } = await response.json<{ data: { ticket: string } }>()
    const live = `${LOCAL}/api/sources/local-website/live?ticket=${data.ticket}`
    expect((await localApp(live, { headers: { upgrade: 'websocket' } })).status).toBe(101)
    expect((await ask(localApp, 'http://evil.example.com')).status).toBe(404)
    expect((await ask(deployedApp, LOCAL)).status).toBe(404)
  })

  it.each(['/demo/feed', '/demo/client.js'])('has no %s on a deployment', async (path) => {
    expect((await deployedApp(`${LOCAL}${path}`)).status).toBe(404)
  })
})

describe('GET /demo/feed', () => {
  it('shows totals and cursors, and nothing delivered while the demo destination is down', async () => {
    vi.spyOn(globalThis, 'fetch').mockRejectedValue(new Error('connection refused'))
    vi.spyOn(console, 'error').mockReturnValue()
    const response = await localApp(`${LOCAL}/demo/feed`)
    expect(await response.json()).toEqual({
      archived: [],
      delivered: [],
      totals: { received: 0, duplicates: 0, discarded: 0, reasons: {}, archived: 0 },
      next: {
        archived: expect.stringMatching(/^archive\/local-website\/\d{4}\//),
        delivered: -1,
      },
    })
    vi.restoreAllMocks()
  })
})

describe('an unknown path', () => {
  it('is answered with a JSON object', async () => {
    const response = await deployedApp(`${DEPLOYED}/nothing`)
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ success: false, code: 'not_found' })
  })
})
