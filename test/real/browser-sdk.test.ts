// Segment's browser SDK as Millrace serves it, on pages of another site, in Chromium.
import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest'
import { packageTests } from './browser-sdk/packages.ts'
import { sendingTests } from './browser-sdk/sending.ts'
import { type Shared, Shop } from './browser-sdk/shop.ts'
import { homeTests } from './browser-sdk/staying-home.ts'
import { visitorTests } from './browser-sdk/visitors.ts'
import { hasChromium, launchChromium } from './support/demo-browser.ts'
import { openSite } from './support/front.ts'
import { newPlace, startMillrace } from './support/started-millrace.ts'

describe.runIf(hasChromium())('analytics.js on a foreign page', () => {
  let shared: Shared
  let shop: Shop
  beforeAll(async () => {
    const [millrace, browser, site] = await Promise.all([
      newPlace().then((place) => startMillrace(place)),
      launchChromium(),
      openSite(),
    ])
    shared = { millrace, browser, site }
  })
  beforeEach(async () => {
    shop = await Shop.open(shared)
  })
  afterEach(() => shop.close())
  afterAll(async () => {
    await shared?.browser.close()
    await shared?.site.close()
    await shared?.millrace.end('SIGKILL')
  })

  sendingTests(() => shop)
  homeTests(() => shop)
  visitorTests(() => shop)
  packageTests(() => shop)
})
