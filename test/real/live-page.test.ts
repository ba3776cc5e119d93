import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasChromium, launchChromium } from './support/demo-browser.ts'
import {
  newPlace,
  type Place,
  type StartedMillrace,
  startMillrace,
} from './support/started-millrace.ts'

const WRITE_KEY = 'local-write-key-0000000000000000'
/** A lost connection is tried again every eight seconds at most. */
const RETRY_MS = 20_000
/** What happens is shown within this time, on a machine that does much else. */
const SHOWN_MS = 4_000

describe.runIf(hasChromium())('/console/live in Chromium', () => {
  let place: Place
  let millrace: StartedMillrace
  let browser: Browser
  const complaints: string[] = []
  beforeAll(async () => {
    place = await newPlace()
    millrace = await startMillrace(place)
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await millrace?.end('SIGKILL')
  })

  const send = (event: string, fields: object = {}) =>
    fetch(`${millrace.url}/v1/track`, {
      method: 'POST',
      body: JSON.stringify({ writeKey: WRITE_KEY, userId: 'ada', event, ...fields }),
    })
  const names = (page: Page) =>
    page.getByTestId('live-item').locator('[data-part=name]').allTextContents()

  async function watch(): Promise<Page> {
    const page = await browser.newPage()
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(`${millrace.url}/console/live`)
    await page.getByLabel('The token of the API').fill('local-admin-token')
    await page.getByRole('button', { name: 'Watch' }).click()
    await expect
      .poll(() => page.getByTestId('state').textContent(), { timeout: SHOWN_MS })
      .toBe('live')
    return page
  }

  it('asks for the token, and says when it is not the right one', async () => {
    const page = await browser.newPage()
    await page.goto(`${millrace.url}/console/live`)
    await page.getByLabel('The token of the API').fill('another-admin-token')
    await page.getByRole('button', { name: 'Watch' }).click()
    await page.getByText('This token is not taken.').waitFor()
    expect(await page.getByTestId('live-item').count()).toBe(0)
  })

  it('shows what is received, newest first, as text whatever it says', async () => {
    const page = await watch()
    await send('<img src=x onerror=alert(1)>')
    await send('Second')
    await expect
      .poll(() => names(page), { timeout: SHOWN_MS })
      .toEqual(['Second', '<img src=x onerror=alert(1)>'])
    await page.getByText('<img src=x').click()
    await page.locator('pre').last().getByText('"userId"').waitFor()
    expect(await page.locator('img').count()).toBe(0)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('filters, pauses and clears', async () => {
    const page = await watch()
    await page.getByLabel('Name has').fill('wanted')
    await expect
      .poll(
        async () => {
          await send('Wanted')
          await send('Other')
          return new Set(await names(page))
        },
        { timeout: SHOWN_MS },
      )
      .toEqual(new Set(['Wanted']))
    await page.getByRole('button', { name: 'Clear' }).click()
    await page.getByRole('button', { name: 'Pause' }).click()
    await send('Wanted later')
    await page.getByText('1 waiting').waitFor({ timeout: SHOWN_MS })
    expect(await names(page)).toEqual([])
    await page.getByRole('button', { name: 'Go on' }).click()
    expect(await names(page)).toEqual(['Wanted later'])
    await page.close()
  })

  it('keeps the token out of the page and of what the browser stores', async () => {
    const page = await watch()
    const stored = await page.evaluate(
      "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, location.href, document.querySelector('#token').value])",
    )
    expect(stored).toBe(JSON.stringify([{}, {}, '', `${millrace.url}/console/live`, '']))
    await page.close()
  })

  it('comes back by itself, with its filters, when the server does', async () => {
    const page = await watch()
    const state = page.getByTestId('state')
    await page.getByLabel('track').check()
    await millrace.end('SIGKILL')
    await expect.poll(() => state.textContent(), { timeout: SHOWN_MS }).not.toBe('live')
    millrace = await startMillrace(place)
    await expect.poll(() => state.textContent(), { timeout: RETRY_MS }).toBe('live')
    await fetch(`${millrace.url}/v1/page`, {
      method: 'POST',
      body: JSON.stringify({ writeKey: WRITE_KEY, userId: 'ada', name: 'Filtered out' }),
    })
    await send('After the restart')
    await expect.poll(() => names(page), { timeout: SHOWN_MS }).toEqual(['After the restart'])
    await page.close()
  })
})
