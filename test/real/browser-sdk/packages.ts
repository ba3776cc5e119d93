import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { expect, it } from 'vitest'
import { leave, PIPELINE_MS } from '../support/visit.ts'
import { KEY, POLL, type Shop } from './shop.ts'

const ROOT = resolve(import.meta.dirname, '../../..')

/** Segment's own builds, unpatched. */
export function packageTests(shop: () => Shop): void {
  /** A page whose own code has the npm build inside. */
  async function putNpm(path: string, code: string): Promise<void> {
    const contents = `${code}\nwindow.analytics = analytics`
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: ROOT },
      bundle: true,
      format: 'iife',
      write: false,
      logLevel: 'silent',
    })
    shop().site.put(`${path}.js`, outputFiles[0]?.text ?? '')
    shop().put(path, `<script defer src="${path}.js"></script>`)
  }

  it('of npm sends by its snippet without a preflight, and knows where home is at once', async () => {
    await putNpm('/npm', await shop().snippet('npm'))
    const page = await shop().visit.open(`${shop().site.url}/npm`)
    await page.evaluate(`analytics.ready().then(() => { ${shop().trackAll(2)} })`)
    await page.waitForTimeout(PIPELINE_MS)
    await leave(page)
    await shop().expectOnceEach(2)
    expect(shop().front.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `POST /x7k/k/${KEY}/b`,
    ])
  })

  it.each([null, 500])(
    'B3, of npm leaves home for nothing when it asks for settings: %j',
    async (status) => {
      shop().front.refuse = ({ path }) => (path.endsWith('/settings') ? status : null)
      await putNpm(
        '/cdn',
        `import { AnalyticsBrowser } from '@segment/analytics-next'
       const analytics = AnalyticsBrowser.load({ writeKey: '${KEY}', cdnURL: '${shop().front.url}' })
       analytics.catch(() => {})`,
      )
      const page = await shop().visit.open(`${shop().site.url}/cdn`)
      await page.evaluate(shop().trackAll(1))
      const asked = () => shop().front.seen.filter(({ path }) => path.endsWith('/settings')).length
      await expect.poll(asked, POLL).toBe(1)
      if (status === null) {
        await page.evaluate(
          'analytics.ready().then(() => new Promise((done) => setTimeout(done, 300)))',
        )
        await leave(page)
        await shop().expectOnceEach(1)
      }
      await page.waitForTimeout(500)
      shop().expectAtHome()
    },
  )

  it('of a server sends by its snippet', async () => {
    const folder = mkdtempSync(join(ROOT, 'node_modules/.millrace-'))
    try {
      const file = join(folder, 'analytics.mjs')
      writeFileSync(file, await shop().snippet('node'))
      const { analytics } = await import(pathToFileURL(file).href)
      analytics.track({ userId: 'ada', event: `${shop().mark}, 0` })
      await analytics.closeAndFlush()
      await shop().expectOnceEach(1)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
}
