// `npm run screenshots`: the pictures of the demo page in docs/, taken from a started Millrace.
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { launchChromium, openDemo } from '../test/real/support/demo-browser.ts'
import { newPlace, startMillrace } from '../test/real/support/started-millrace.ts'

const DONE = '[data-testid=event][data-archived=true][data-delivered=true]'
const CLICKS = [
  'add-rye-bread',
  'view-oat-flakes',
  'add-oat-flakes',
  'sign-in',
  'checkout',
  'place-order',
]
const VIEWS = [
  { name: 'demo-desktop', viewport: { width: 1440, height: 900 }, isExpanded: true },
  { name: 'demo-phone', viewport: { width: 390, height: 844 }, isExpanded: false },
]

const millrace = await startMillrace(await newPlace())
const browser = await launchChromium()
try {
  for (const view of VIEWS) await take(browser, view)
} finally {
  await browser.close()
  await millrace.end('SIGINT')
}

async function take(browser: Browser, { name, viewport, isExpanded }: (typeof VIEWS)[number]) {
  const { page } = await openDemo(browser, millrace.url, { viewport, deviceScaleFactor: 2 })
  for (const click of CLICKS) await page.getByTestId(click).click()
  const order = page.locator(`${DONE}[data-event="Order Completed"]`).first()
  await order.waitFor()
  if (isExpanded) await order.locator('summary').click()
  else await page.locator('#stream').evaluate((stream) => stream.scrollIntoView())
  await page.waitForTimeout(1_500) // the arrival of the card fades in
  const path = join(import.meta.dirname, `../docs/${name}.png`)
  await page.screenshot({ path })
}
