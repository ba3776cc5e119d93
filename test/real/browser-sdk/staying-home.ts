import { expect, it } from 'vitest'
import { leave, whenReady } from '../support/visit.ts'
import { KEY, POLL, type Shop } from './shop.ts'

const CANONICAL = `/analytics.js/v1/${KEY}/analytics.min.js`
/** Segment's tag as a consent tool holds it back: it is on the page, and must not be taken for ours. */
const STOCK_TAG =
  '<script type="text/plain" src="https://cdn.segment.com/analytics.js/v1/other/analytics.min.js"></script>'
const SETTINGS = /\/v1\/projects\/.*\/settings/

const tag = (src: string) =>
  `<script>window.analytics=[["page"]]</script><script async src="${src}"></script>`

/** Nothing leaves home, whatever fails. */
export function homeTests(shop: () => Shop): void {
  it.each([
    ['the canonical path', () => `${shop().front.url}${CANONICAL}`],
    ['a neutral path', () => shop().script],
  ])('B3, nothing leaves home: the script at %s, which asks for no settings', async (_, src) => {
    shop().put('/tag', tag(src()))
    await leave(await shop().run(shop().trackAll(1), '/tag'))
    expect(await shop().archived(1)).toHaveLength(1)
    expect(shop().front.seen.filter(({ path }) => SETTINGS.test(path))).toEqual([])
    shop().expectAtHome()
  })

  it('B3, nothing leaves home: a policy that allows the script and events only, with a stock tag held back beside it', async () => {
    const { front, script } = shop()
    const policy = `default-src 'none'; script-src 'unsafe-inline' ${script}; connect-src ${front.url}/x7k/b`
    shop().put('/half', `${STOCK_TAG}${await shop().snippet('html')}`, policy)
    const page = await shop().run(shop().trackAll(1), `/half?ajs_uid=ada`)
    await page.evaluate(`const other = document.createElement('script');
      other.src = 'https://cdn.segment.com/other.js'; document.head.append(other)`)
    await leave(page)
    await shop().expectOnceEach(1)
    expect(front.seen.map(({ path }) => path)).toEqual([`/x7k/${KEY}.js`, '/x7k/b'])
    expect(shop().visit.blocked()).toEqual(['https://cdn.segment.com/other.js'])
  })

  it('asks us for chunks, not the host of a stock tag', async () => {
    shop().put('/chunks', `${STOCK_TAG}${await shop().snippet('html')}`)
    const page = await shop().run(`analytics.trackLink(document.body, 'E')`, '/chunks')
    const paths = () => shop().front.seen.map(({ path }) => path)
    await expect.poll(paths, POLL).toContainEqual(expect.stringMatching(/^\/x7k\/248\.\w{20}\.js$/))
    await leave(page)
    shop().expectAtHome()
  })

  it.each([
    ['is blocked by a policy', "script-src 'unsafe-inline'", null],
    ['is not there', undefined, 404],
    ['is not what it should be', undefined, 200],
  ])('breaks no page when the script %s', async (_, policy, status) => {
    shop().front.refuse = ({ path }) => (path.endsWith('.js') ? status : null)
    shop().put('/blocked', await shop().snippet('html'), policy)
    const page = await shop().visit.open(`${shop().site.url}/blocked`)
    const calls = `analytics.identify('ada').track('E', {}); analytics.ready(() => {});
      analytics.group('mill'); [analytics.user().id(), analytics.user().anonymousId(),
      analytics.group().traits(), analytics.queryString(''), 'fine'].at(-1)`
    expect(await page.evaluate(calls)).toBe('fine')
    for (let n = 0; n < 3; n += 1) await page.evaluate(shop().trackAll(500))
    expect(await page.evaluate('analytics.length')).toBe(1_000)
    expect(shop().sent).toEqual([])
    shop().expectAtHome()
  })

  it('breaks no page when events are blocked by a policy', async () => {
    const policy = `default-src 'none'; script-src 'unsafe-inline' ${shop().script}`
    shop().put('/mute', await shop().snippet('html'), policy)
    const page = await shop().run(shop().trackAll(12), '/mute')
    expect(await page.evaluate('document.body.textContent')).toBe('shop')
    await leave(page)
    expect(shop().sent).toEqual([])
    shop().expectAtHome()
  })

  it('is the same SDK for a page that calls it before and after it has come', async () => {
    const page = await shop().visit.open(shop().site.url)
    await page.evaluate(`window.early = analytics; ${shop().trackAll(1)}`)
    await whenReady(page, `early.track(${JSON.stringify(`${shop().mark}, 1`)})`)
    await leave(page)
    await shop().expectOnceEach(2)
  })
}
