import { describe, expect, it } from 'vitest'
import { deployedApp } from '../../support/app.ts'

const DEPLOYED = 'https://events.example.com'

describe('GET /console/live', () => {
  it('is a page that holds nothing of the workspace and may ask its own host only', async () => {
    const response = await deployedApp(`${DEPLOYED}/console/live`)
    expect(response.headers.get('content-type')).toContain('text/html')
    expect(response.headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; connect-src 'self' wss://events.example.com; " +
        "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; " +
        "frame-ancestors 'none'",
    )
    expect(response.headers.get('cache-control')).toBe('no-store')
    const page = await response.text()
    expect(page).toContain('<script src="/console/live.js" defer')
    expect(page).not.toContain('local-')
  })

  it('has a script that stores nothing in the browser', async () => {
    const response = await deployedApp(`${DEPLOYED}/console/live.js`)
    expect(response.headers.get('content-type')).toContain('javascript')
    const script = await response.text()
    expect(script).toContain('live-tickets')
    expect(script).not.toMatch(/localStorage|sessionStorage|indexedDB|cookie|innerHTML/)
  })
})
