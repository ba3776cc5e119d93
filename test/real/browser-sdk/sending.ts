import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { NEVER } from '../support/front.ts'
import type { SeenEvent } from '../support/read-back.ts'
import { leave, PIPELINE_MS } from '../support/visit.ts'
import { KEY, POLL, type Shop } from './shop.ts'

/** Longer than a batch waits for company. */
const BATCH_MS = 5_500
/** The SDK takes up what it has kept within 600 ms of its start. */
const TAKE_UP_MS = 1_500

const hide = (page: Page, state: 'hidden' | 'visible') =>
  page.evaluate(`Object.defineProperty(document, 'visibilityState',
    { value: '${state}', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'))`)

/** Opens the next page, which sends what earlier ones have left, and leaves it. */
async function goOn(shop: Shop): Promise<void> {
  const next = await shop.run('0')
  await next.waitForTimeout(TAKE_UP_MS)
  await leave(next)
}

/** How events leave a page, whatever becomes of it. */
export function sendingTests(shop: () => Shop): void {
  it('archives its six calls once, after one request to boot and without a preflight', async () => {
    const note = JSON.stringify({ mark: shop().mark })
    const page = await shop().run(
      `analytics.identify('ada', ${note}); analytics.group('mill', ${note});
       analytics.screen('Cart', ${note}); analytics.alias('countess'); ${shop().trackAll(1)}`,
    )
    await leave(page)
    await shop().expectOnceEach(1)
    const [batch] = shop().sent
    const items: SeenEvent[] = JSON.parse(batch?.body ?? '{}').batch
    const six = ['alias', 'group', 'identify', 'page', 'screen', 'track']
    expect(items.map(({ type }) => type).sort()).toEqual(six)
    expect(shop().front.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `GET /x7k/${KEY}.js`,
      'POST /x7k/b',
    ])
  })

  it.each(['', '#/'])('reads a link without a further request: %j', async (hash) => {
    const { mark, front } = shop()
    const id = mark.replace(' ', '-')
    const event = encodeURIComponent(mark)
    const query = `?ajs_aid=${id}&ajs_uid=ada&ajs_trait_plan=pro&ajs_event=${event}&ajs_prop_n=1`
    await leave(await shop().run('0', `/${hash}${query}`))
    const [line] = await shop().archived(1)
    expect(line).toMatchObject({ anonymousId: id, userId: 'ada', properties: { n: '1' } })
    expect(front.seen.map(({ path }) => path)).toEqual([`/x7k/${KEY}.js`, '/x7k/b'])
    shop().expectAtHome()
  })

  it.each([
    ['closed', 'answered'],
    ['left', 'answered'],
    ['closed', 'unanswered'],
  ])(
    'loses nothing of 7 events of 12 KB when their page is %s, their first batch %s',
    async (end, first) => {
      const isFirst = () => first === 'unanswered' && shop().sent.length === 1
      shop().front.refuse = ({ path }) => (path === '/x7k/b' && isFirst() ? NEVER : null)
      const page = await shop().run(shop().trackAll(7, 12_000))
      await expect.poll(() => shop().sent.length, POLL).toBeGreaterThan(0)
      await page.waitForTimeout(PIPELINE_MS)
      await (end === 'closed' ? page.close() : leave(page))
      await goOn(shop()) // what was under way when the page went is sent again
      await shop().expectOnceEach(7)
    },
  )

  it('loses none of two batches that are both unanswered when their page is closed', async () => {
    shop().front.refuse = ({ path }) =>
      path === '/x7k/b' && shop().sent.length <= 2 ? NEVER : null
    const page = await shop().run(shop().trackAll(10))
    await expect.poll(() => shop().sent.length, POLL).toBe(1)
    await page.evaluate(shop().trackAll(10))
    await expect.poll(() => shop().sent.length, POLL).toBe(2)
    await page.close()
    await goOn(shop())
    const sent = await shop().archived(20)
    expect(sent).toHaveLength(20)
  })

  it('sends everything once when the page is hidden and shown again', async () => {
    const page = await shop().run(shop().trackAll(3))
    await hide(page, 'hidden')
    await hide(page, 'visible')
    await page.waitForTimeout(BATCH_MS)
    await leave(page)
    await shop().expectOnceEach(3)
    expect(shop().sent).toHaveLength(1)
  })

  it('keeps what a hidden page could not send, and sends it again without a preflight', async () => {
    const page = await shop().run(shop().trackAll(3))
    shop().refuseEvents()
    await hide(page, 'hidden')
    await expect.poll(() => shop().sent.length, POLL).toBe(1)
    shop().front.refuse = () => null
    await hide(page, 'visible')
    await shop().expectOnceEach(3)
    expect(shop().preflights).toEqual([])
  })

  it('sends at the next page what was pushed before the network went and the page closed', async () => {
    const { context } = shop().visit
    const page = await shop().run(shop().trackAll(3))
    await context.setOffline(true)
    await page.close()
    await context.setOffline(false)
    expect(shop().sent).toEqual([])
    await goOn(shop())
    await shop().expectOnceEach(3)
  })

  it('sends what was pushed during an offline spell', async () => {
    const { context } = shop().visit
    const page = await shop().run('0')
    await context.setOffline(true)
    await page.evaluate(shop().trackAll(4))
    await context.setOffline(false)
    await page.waitForTimeout(TAKE_UP_MS)
    await leave(page)
    await goOn(shop())
    await shop().expectOnceEach(4)
  })

  it('sends at the next page what was refused with 503 before the page closed', async () => {
    shop().refuseEvents()
    const page = await shop().run(shop().trackAll(10))
    await expect.poll(() => shop().sent.length, POLL).toBeGreaterThan(0)
    await page.close()
    shop().front.refuse = () => null
    await goOn(shop())
    await shop().expectOnceEach(10)
    expect(shop().preflights).toEqual([])
  })
}
