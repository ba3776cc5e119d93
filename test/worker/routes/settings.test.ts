import { reset } from 'cloudflare:test'
import { afterEach, describe, expect, it } from 'vitest'
import { deployedApp, localApp } from '../../support/app.ts'

afterEach(() => reset())

const KEY = 'x'.repeat(32)
const LOCAL_KEY = 'local-write-key-0000000000000000'
const LOCAL = 'http://127.0.0.1:8787'

describe('GET /v1/projects/{key}/settings', () => {
  it.each([
    ['/v1/projects', 'events.example.com/v1'],
    ['/projects', 'events.example.com/v1'],
    ['/x7k/v1/projects', 'events.example.com/x7k'],
  ])(
    'points home with events and telemetry, below the path that was asked: %s',
    async (path, home) => {
      const response = await deployedApp(`https://events.example.com${path}/${KEY}/settings`)
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
      const settings = await response.json<{ integrations: object; metrics: object }>()
      expect(settings.integrations).toEqual({
        'Segment.io': expect.objectContaining({
          apiKey: KEY,
          apiHost: home,
          deliveryStrategy: { strategy: 'batching', config: { size: 10, timeout: 5000 } },
          httpConfig: expect.objectContaining({ rateLimitConfig: expect.anything() }),
        }),
      })
      expect(settings.metrics).toEqual({ sampleRate: 0, host: home })
      expect(JSON.stringify(settings)).not.toMatch(/segment\.com|"protocol"/)
    },
  )

  it('says http in a local run', async () => {
    const response = await localApp(`${LOCAL}/v1/projects/${KEY}/settings`)
    expect(await response.json()).toMatchObject({
      integrations: { 'Segment.io': { apiHost: '127.0.0.1:8787/v1', protocol: 'http' } },
    })
  })

  it('may be kept for five minutes, of a key that nobody owns yet for ten seconds', async () => {
    const ask = async (key: string) =>
      (await localApp(`${LOCAL}/v1/projects/${key}/settings`)).headers.get('cache-control')
    expect(await ask(LOCAL_KEY)).toBe('public, max-age=300, stale-while-revalidate=86400')
    expect(await ask(KEY)).toBe('public, max-age=10')
  })

  it('is not sent again to who has it', async () => {
    const url = `${LOCAL}/v1/projects/${LOCAL_KEY}/settings`
    const etag = (await localApp(url)).headers.get('etag') ?? ''
    const again = await localApp(url, { headers: { 'if-none-match': etag } })
    expect([again.status, await again.text()]).toEqual([304, ''])
    expect(again.headers.get('access-control-allow-origin')).toBe('*')
  })

  it('answers 404 to what cannot be a key', async () => {
    const response = await deployedApp('https://events.example.com/v1/projects/abc/settings')
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ code: 'not_found' })
  })
})
