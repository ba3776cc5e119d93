import { describe, expect, it } from 'vitest'
import { deployedApp } from '../../support/app.ts'

const KEY = 'x'.repeat(32)

describe('GET /v1/projects/{key}/settings', () => {
  it('points home with events and telemetry, under the name that was asked', async () => {
    const response = await deployedApp(`https://events.example.com/v1/projects/${KEY}/settings`)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    const settings = await response.json<{ integrations: object; metrics: object }>()
    expect(Object.keys(settings.integrations)).toEqual(['Segment.io'])
    expect(settings.integrations).toMatchObject({
      'Segment.io': { apiKey: KEY, apiHost: 'events.example.com/v1', protocol: 'https' },
    })
    expect(settings.metrics).toEqual({ sampleRate: 0, host: 'events.example.com/v1' })
    expect(JSON.stringify(settings)).not.toContain('segment.com')
  })

  it('says http in a local run', async () => {
    const response = await deployedApp(`http://127.0.0.1:8787/v1/projects/${KEY}/settings`)
    expect(await response.json()).toMatchObject({
      integrations: { 'Segment.io': { apiHost: '127.0.0.1:8787/v1', protocol: 'http' } },
    })
  })

  it('answers 404 to what cannot be a key', async () => {
    const response = await deployedApp('https://events.example.com/v1/projects/abc/settings')
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ code: 'not_found' })
  })
})
