import type { Browser, BrowserContext, Page, Request } from 'playwright-core'

/** What Chromium never sent: the page's own policy forbids it. */
const BLOCKED_BY_POLICY = 'csp'

/** A browser of one visitor, with everything it asked for and every error of its pages. */
export interface Visit {
  readonly context: BrowserContext
  readonly open: (url: string) => Promise<Page>
  /** Hosts that were asked for anything. */
  readonly hosts: () => readonly string[]
  /** What its pages wanted and their own policy forbade. */
  readonly blocked: () => readonly string[]
  readonly errors: string[]
}

/** Begins a visit without cookies, storage or cache. */
export async function beginVisit(browser: Browser): Promise<Visit> {
  const context = await browser.newContext()
  const requests: Request[] = []
  const errors: string[] = []
  context.on('request', (request) => requests.push(request))
  context.on('weberror', (error) => errors.push(error.error().message))
  const open = async (url: string) => {
    const page = await context.newPage()
    await page.goto(url)
    return page
  }
  const isBlocked = (request: Request) => request.failure()?.errorText === BLOCKED_BY_POLICY
  const blocked = () => requests.filter(isBlocked).map((request) => request.url())
  const hosts = () =>
    requests
      .filter((request) => !isBlocked(request))
      .map((request) => new URL(request.url()).host)
      .filter((host) => host !== '')
  return { context, open, hosts, blocked, errors }
}

/** Leaves a page as a click on a link does: it is hidden and thrown away. */
export const leave = (page: Page) => page.goto('about:blank')

/** From a call to its place in a batch, on a machine that does much else. */
export const PIPELINE_MS = 500

/** Runs code in a page once analytics.js has taken the place of its stub, and lets its calls come through. */
export async function whenReady(page: Page, code: string): Promise<unknown> {
  await page.waitForFunction('window.analytics && window.analytics.initialized')
  const result = await page.evaluate(code)
  await page.waitForTimeout(PIPELINE_MS)
  return result
}

/** Forgets what the browser may take without asking, as after some days. */
export async function forgetCache(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('Network.clearBrowserCache')
}
