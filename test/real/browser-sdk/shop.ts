import type { Browser, Page } from 'playwright-core'
import { expect } from 'vitest'
import { type Front, openFront, type SeenRequest, type Site } from '../support/front.ts'
import { readArchive, type SeenEvent } from '../support/read-back.ts'
import type { StartedMillrace } from '../support/started-millrace.ts'
import { beginVisit, type Visit, whenReady } from '../support/visit.ts'

export const KEY = 'local-write-key-0000000000000000'
/** How long a machine that does much else may take. */
export const POLL = { timeout: 20_000, interval: 200 }

/** What tests share: one started product, one browser, one site of pages. */
export interface Shared {
  readonly millrace: StartedMillrace
  readonly browser: Browser
  readonly site: Site
}

/** One test's shop: a page of a foreign site, its visitor, and a front of Millrace that sees all requests. */
export class Shop {
  static #count = 0
  readonly front: Front
  readonly visit: Visit
  readonly site: Site
  readonly browser: Browser
  /** Every event of this test begins with it. */
  readonly mark: string
  readonly #millrace: StartedMillrace

  private constructor({ millrace, browser, site }: Shared, front: Front, visit: Visit) {
    Shop.#count += 1
    this.mark = `test ${Shop.#count}`
    this.#millrace = millrace
    this.browser = browser
    this.site = site
    this.front = front
    this.visit = visit
  }

  static async open(shared: Shared): Promise<Shop> {
    const front = await openFront(shared.millrace.url)
    const shop = new Shop(shared, front, await beginVisit(shared.browser))
    shop.put('/', await shop.snippet('html'))
    return shop
  }

  async close(): Promise<void> {
    await this.visit.context.close()
    await this.front.close()
  }

  get script(): string {
    return `${this.front.url}/x7k/${KEY}.js`
  }

  async snippet(kind: string): Promise<string> {
    const url = `${this.#millrace.url}/api/sources/local-website/snippet?for=${kind}`
    const response = await fetch(url, { headers: { authorization: 'Bearer local-admin-token' } })
    const body = (await response.json()) as { data: { snippet: { code: string } } }
    // As if it had been asked under the name of the front.
    const [from, to] = [this.#millrace.url, this.front.url].map((each) => new URL(each).host)
    return body.data.snippet.code.replaceAll(from ?? '', to ?? '')
  }

  /** Puts a page on the site, with something in its head. */
  put(path: string, head: string, policy?: string): void {
    const html = `<!DOCTYPE html><html><head><link rel="icon" href="data:,">${head}</head><body>shop</body></html>`
    this.site.put(path, html, policy)
  }

  /** Opens the page and runs code in it once analytics.js is there. */
  async run(code: string, path = '/'): Promise<Page> {
    const page = await this.visit.open(`${this.site.url}${path}`)
    await whenReady(page, code)
    return page
  }

  /** Code that tracks as many events, of as many bytes, and waits for none. */
  trackAll(count: number, bytes = 1): string {
    const name = JSON.stringify(`${this.mark}, `)
    return `for (let n = 0; n < ${count}; n += 1)
      analytics.track(${name} + n, { pad: 'x'.repeat(${bytes}) });
      0`
  }

  /** The names of events that `trackAll` has made. */
  numbered(count: number): string[] {
    return Array.from({ length: count }, (_, n) => `${this.mark}, ${n}`)
  }

  /** What the archive holds of this test, once it is this many. */
  async archived(count: number): Promise<SeenEvent[]> {
    const mine = async () =>
      (await readArchive(this.#millrace)).filter(({ event }) => event?.startsWith(this.mark))
    await expect.poll(async () => (await mine()).length, POLL).toBeGreaterThanOrEqual(count)
    return mine()
  }

  /** Each numbered event is in the archive, and once. */
  async expectOnceEach(count: number): Promise<void> {
    const names = (await this.archived(count)).map(({ event }) => event)
    expect(names.sort()).toEqual(this.numbered(count))
    this.expectAtHome()
  }

  /** Requests with events that have reached the front. */
  get sent(): SeenRequest[] {
    const isCall = (path: string) => /\/[btipsga]$/.test(path)
    return this.front.seen.filter(({ method, path }) => method === 'POST' && isCall(path))
  }

  get preflights(): SeenRequest[] {
    return this.front.seen.filter(({ method }) => method === 'OPTIONS')
  }

  /** Events go to nowhere, as if we were overloaded. */
  refuseEvents(): void {
    this.front.refuse = ({ method, path }) => (method === 'POST' && path === '/x7k/b' ? 503 : null)
  }

  /** No request to any host but the page's and ours, and no error in the page. */
  expectAtHome(): void {
    const urls = [this.front.url, this.site.url, this.site.sameSiteUrl]
    const home = urls.map((url) => new URL(url).host)
    expect(this.visit.hosts().filter((host) => !home.includes(host))).toEqual([])
    expect(this.visit.errors).toEqual([])
  }
}
