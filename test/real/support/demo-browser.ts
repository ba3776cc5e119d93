import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'

const CHROMIUM = '/usr/bin/chromium'
const ARGS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  // Whatever a page tries, this machine alone can be found.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
]

/** Whether this machine has Chromium; where REQUIRE_CHROMIUM is set, its absence is an error. */
export function hasChromium(): boolean {
  if (existsSync(CHROMIUM)) return true
  if (process.env.REQUIRE_CHROMIUM) throw new Error(`Chromium is required at ${CHROMIUM}`)
  console.log(`skipped: there is no Chromium at ${CHROMIUM}`)
  return false
}

/** A headless Chromium that calls nobody by itself. */
export const launchChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM, args: ARGS })

/** A page of the demo, with everything it asked for and complained of. */
export interface DemoPage {
  readonly page: Page
  readonly hosts: Set<string>
  readonly complaints: string[]
}

/** Opens the demo and waits until its script runs and the feed answers. */
export async function openDemo(
  browser: Browser,
  url: string,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<DemoPage> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const hosts = new Set<string>()
  const complaints: string[] = []
  page.on('request', (request) => hosts.add(new URL(request.url()).host))
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(url)
  await page.locator('[data-testid=event][data-event="Page"]').first().waitFor()
  return { page, hosts, complaints }
}
