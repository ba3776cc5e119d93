import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser } from 'playwright-core'
import { close, listen } from '../../test/real/support/front.ts'
import { type Contestant, LAST_EVENT } from './contestants.ts'

/** Longer than a batch of ours waits, on a machine that does much else. */
const LIMIT_MS = 60_000
/** Nothing more comes if nothing came for so long. */
const QUIET_MS = 1_500

/** What a visit with an empty cache costs. */
export interface Measured {
  readonly requests: number
  readonly preflights: number
  readonly wireBytes: number
  /** From the start of the navigation to the arrival of the first event. */
  readonly firstEventMs: number
}

/** Opens a page that loads an SDK, and counts all that its origins are asked until its events are there. */
export async function measure(
  browser: Browser,
  contestant: Contestant,
  query: string,
): Promise<Measured> {
  const { head, origins } = await contestant.open()
  const html = `<!DOCTYPE html><link rel="icon" href="data:,">${head}<body>shop</body>`
  const site = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' }).end(html)
  })
  const url = `http://localhost:${await listen(site)}/${query}`
  const context = await browser.newContext()
  try {
    const page = await context.newPage()
    const startedAt = Date.now()
    await page.goto(url)
    const seen = () => origins.flatMap((origin) => origin.seen)
    const events = () => seen().filter(({ method }) => method === 'POST')
    const isDone = () => events().some(({ body }) => body.includes(LAST_EVENT))
    const firstAt = await until(() => events().length > 0, contestant.name)
    await until(isDone, contestant.name)
    for (let count = -1; count !== seen().length; await sleep(QUIET_MS)) count = seen().length
    return {
      requests: seen().length,
      preflights: seen().filter(({ method }) => method === 'OPTIONS').length,
      wireBytes: origins.reduce((sum, origin) => sum + origin.wireBytes(), 0),
      firstEventMs: firstAt - startedAt,
    }
  } finally {
    await context.close()
    await Promise.all([close(site), ...origins.map((origin) => origin.close())])
  }
}

async function until(isSo: () => boolean, name: string): Promise<number> {
  const deadline = Date.now() + LIMIT_MS
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`${name} sent no event within ${LIMIT_MS} ms`)
    await sleep(10)
  }
  return Date.now()
}
