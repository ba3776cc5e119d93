import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { sdkTemplate } from '../../../generated/sdk-template.ts'
import { browserSettings } from '../../../worker/sdk/project-settings.ts'
import { renderScript } from '../../../worker/sdk/render-script.ts'
import { forgetCache, leave, whenReady } from '../support/visit.ts'
import { KEY, type Shop } from './shop.ts'

const ANONYMOUS_ID = 'analytics.user().anonymousId()'

/** Who a browser is said to be, and whether it may be asked. */
export function visitorTests(shop: () => Shop): void {
  const openSameSite = async (code = '0'): Promise<unknown> => {
    const page = await shop().visit.open('about:blank')
    await forgetCache(page) // from the cache it would bring no cookie
    await page.goto(shop().site.sameSiteUrl)
    const result = await whenReady(page, code)
    await leave(page)
    return result
  }
  const forget = (page: Page) =>
    page.evaluate(`document.cookie = 'ajs_anonymous_id=; max-age=0; path=/'; localStorage.clear()`)

  it('knows a visitor of its site again whose cookie of the script Safari has dropped', async () => {
    const page = await shop().visit.open(shop().site.sameSiteUrl)
    const before = await whenReady(page, ANONYMOUS_ID)
    await forget(page)
    expect(await openSameSite(ANONYMOUS_ID)).toBe(before)
    const cookies = await shop().visit.context.cookies()
    expect(cookies.find(({ name }) => name === 'x7k')).toMatchObject({
      value: before,
      httpOnly: true,
    })
  })

  it('takes over an id that the page has set', async () => {
    await openSameSite(`analytics.setAnonymousId('own id')`)
    await openSameSite()
    const cookies = await shop().visit.context.cookies()
    expect(cookies.find(({ name }) => name === 'x7k')?.value).toBe('own%20id')
  })

  it('B12, reset() right after track(): two visitors, and the cookie brings the first one not back', async () => {
    const track = (name: string) => `analytics.track(${JSON.stringify(`${shop().mark}, ${name}`)})`
    const before = await openSameSite(ANONYMOUS_ID)
    await openSameSite(`analytics.identify('u0'); ${track('A')}; analytics.reset(); ${track('B')}`)
    await openSameSite(`analytics.identify('u1'); analytics.identify('u2'); ${track('C')}`)
    const reset = await openSameSite(`analytics.reset(); 0`).then(() => openSameSite(ANONYMOUS_ID))
    const events = await shop().archived(3)
    const [a, b, c] = ['A', 'B', 'C'].map((name) =>
      events.find(({ event }) => event === `${shop().mark}, ${name}`),
    )
    expect(a).toMatchObject({ anonymousId: before, userId: 'u0' })
    expect(b).toMatchObject({ userId: null })
    expect(c).toMatchObject({ userId: 'u2' })
    const ids = [before, b?.anonymousId, c?.anonymousId, reset]
    expect(new Set(ids).size).toBe(4) // identify of another user begins anew as well
    shop().expectAtHome()
  })

  it('works on a foreign site, which refuses the cookie', async () => {
    const page = await shop().run('0')
    const id = await page.evaluate(ANONYMOUS_ID)
    await leave(page)
    const cookies = await shop().visit.context.cookies()
    expect(cookies.map(({ name, value }) => [name, value])).toEqual([['ajs_anonymous_id', id]])
  })

  it.each([
    [
      'Global Privacy Control',
      `Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })`,
    ],
    ['an opt-out cookie', `document.cookie = 'x7k_off=1; path=/'`],
  ])(
    'asks and sends nothing for a browser with %s, where its source says so',
    async (_, signal) => {
      const { front, site } = shop()
      const { host } = new URL(front.url)
      const settings = browserSettings(KEY, { host, protocol: 'http', path: 'x7k' })
      const base = `${front.url}/x7k`
      const parts = { writeKey: KEY, home: `${host}/x7k`, base, settings, optOutCookie: 'x7k_off' }
      site.put('/honours.js', renderScript(sdkTemplate, parts))
      const snippet = (await shop().snippet('html')).replace(shop().script, '/honours.js')
      shop().put('/no', `<script>${signal}</script>${snippet}`)
      shop().put('/yes', snippet)
      for (const path of ['/no', '/yes']) {
        const page = await shop().run(shop().trackAll(1), path)
        if (path === '/no')
          expect(await page.evaluate(`document.cookie.includes('ajs_')`)).toBe(false)
        await page.evaluate(`document.cookie = 'x7k_off=; max-age=0; path=/'`)
        await leave(page)
      }
      await shop().expectOnceEach(1) // of the page that said nothing
      expect(shop().sent).toHaveLength(1)
    },
  )
}
