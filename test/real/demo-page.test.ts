import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasChromium, launchChromium, openDemo } from './support/demo-browser.ts'
import { countIds, readArchive, readDelivered } from './support/read-back.ts'
import { newPlace, type StartedMillrace, startMillrace } from './support/started-millrace.ts'

/** A click is shown as archived and delivered within this time. */
const CLICK_MS = 4_000

describe.runIf(hasChromium())('the demo page in Chromium', () => {
  let millrace: StartedMillrace
  let browser: Browser
  beforeAll(async () => {
    millrace = await startMillrace(await newPlace())
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await millrace?.end('SIGKILL')
  })

  const cards = (page: Page, event: string) =>
    page.locator(`[data-testid=event][data-event="${event}"]`)
  const done = '[data-archived=true][data-delivered=true]'
  const total = (page: Page, name: string) =>
    page.getByTestId(`total-${name}`).textContent().then(Number)

  // A machine that does much else may be late once.
  it('shows a click as archived and delivered within four seconds, once each', {
    retry: 2,
  }, async () => {
    const { page, hosts, complaints } = await openDemo(browser, millrace.url)
    const clickedAt = Date.now()
    await page.getByTestId('add-rye-bread').click()
    const card = page.locator(`[data-testid=event][data-event="Product Added"]${done}`)
    await card.waitFor({ timeout: CLICK_MS })
    expect(Date.now() - clickedAt).toBeLessThan(CLICK_MS)
    expect(await cards(page, 'Product Added').count()).toBe(1)
    const id = (await card.getAttribute('data-message-id')) ?? ''
    expect(countIds(await readArchive(millrace))[id]).toBe(1)
    expect(countIds(await readDelivered(millrace))[id]).toBe(1)
    expect([...hosts]).toEqual([new URL(millrace.url).host])
    expect(complaints).toEqual([])
  })

  it('counts an event that is sent again as a duplicate, and neither archives nor delivers it', async () => {
    const { page } = await openDemo(browser, millrace.url)
    await page.getByTestId('add-oat-flakes').click()
    const card = cards(page, 'Product Added').and(page.locator(done)).first()
    await card.waitFor({ timeout: CLICK_MS })
    const id = (await card.getAttribute('data-message-id')) ?? ''
    const before = await total(page, 'duplicates')
    await page.getByTestId('send-again').click()
    await expect.poll(() => total(page, 'duplicates'), { timeout: CLICK_MS }).toBe(before + 1)
    // What comes after it arrives: then the duplicate would have arrived too.
    await page.getByTestId('add-bread-bag').click()
    const later = cards(page, 'Product Added').and(page.locator(done))
    await expect.poll(() => later.count(), { timeout: CLICK_MS }).toBeGreaterThanOrEqual(2)
    expect(countIds(await readArchive(millrace))[id]).toBe(1)
    expect(countIds(await readDelivered(millrace))[id]).toBe(1)
  })

  it('sends identify with the person who signs in, and their id with what follows', async () => {
    const { page } = await openDemo(browser, millrace.url)
    await page.getByTestId('sign-in').click()
    await page.getByTestId('add-rye-bread').click()
    await expect
      .poll(
        async () =>
          (await readArchive(millrace)).filter(({ userId }) => userId).map(({ type }) => type),
        { timeout: CLICK_MS },
      )
      .toEqual(expect.arrayContaining(['identify', 'track']))
  })

  it('shows events of other clients too, as text whatever they say', async () => {
    const { page, complaints } = await openDemo(browser, millrace.url)
    const event = '<img src=x onerror=alert(1)>'
    await fetch(`${millrace.url}/v1/track`, {
      method: 'POST',
      body: JSON.stringify({ writeKey: 'local-write-key-0000000000000000', userId: 'curl', event }),
    })
    await page.getByText(event).first().waitFor({ timeout: CLICK_MS })
    expect(await page.locator('img').count()).toBe(0)
    expect(complaints).toEqual([])
  })

  it('says why an item was discarded, a mistyped write key included', async () => {
    const { page } = await openDemo(browser, millrace.url)
    const before = await total(page, 'discarded')
    for (const body of [
      { writeKey: 'local-write-key-0000000000000000', event: 'Nobody did it' },
      { writeKey: 'mistyped-write-key-0000000000000', userId: 'u', event: 'E' },
    ]) {
      const response = await fetch(`${millrace.url}/v1/track`, {
        method: 'POST',
        body: JSON.stringify(body),
      })
      expect(await response.json()).toEqual({ success: true })
    }
    await expect.poll(() => total(page, 'discarded'), { timeout: CLICK_MS }).toBe(before + 2)
    const reasons = await page.getByTestId('reasons').textContent()
    expect(reasons).toContain('1 no_user_anon_id')
    expect(reasons).toContain('1 unknown_source')
  })

  it('shows live what the log takes, refuses and has already', async () => {
    const { page, complaints } = await openDemo(browser, millrace.url)
    await page.getByText('each one as it is committed').waitFor({ timeout: CLICK_MS })
    const send = (body: object) =>
      fetch(`${millrace.url}/v1/track`, {
        method: 'POST',
        body: JSON.stringify({ writeKey: 'local-write-key-0000000000000000', ...body }),
      })
    const event = { userId: 'live', event: 'Seen live', messageId: `live-${Date.now()}` }
    for (const body of [event, event, { event: 'Nobody again' }]) await send(body)
    const lines = page.getByTestId('live-item')
    const newest = () => lines.locator('[data-part=kind]').allTextContents()
    await expect
      .poll(newest, { timeout: CLICK_MS })
      .toEqual(['discard: no_user_anon_id', 'duplicate', 'event'])
    expect(await lines.nth(2).textContent()).toContain('Seen live')
    expect(complaints).toEqual([])
  })

  it('has no horizontal scroll on a phone', async () => {
    const phone = { viewport: { width: 390, height: 844 } }
    const { page } = await openDemo(browser, millrace.url, phone)
    const widths = await page.evaluate('[document.documentElement.scrollWidth, innerWidth]')
    expect(widths).toEqual([390, 390])
  })
})
