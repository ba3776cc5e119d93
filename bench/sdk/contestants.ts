import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { openFront } from '../../test/real/support/front.ts'
import { type Files, type Origin, openOrigin } from './origin.ts'

const ROOT = join(import.meta.dirname, '../..')
const KEY = 'local-write-key-0000000000000000'
const SEGMENT = join(ROOT, 'node_modules/@segment/analytics-next/dist/umd')

/** An SDK ready to be loaded by a page. */
export interface Contestant {
  readonly name: string
  /** Opens its origins and gives the head of a page that loads it and calls `page()`. */
  readonly open: () => Promise<{ readonly head: string; readonly origins: readonly Origin[] }>
}

/** Code of the page: an event once the SDK has taken its place. */
export const LAST_EVENT = 'Bench Ended'

/** The local runtime would pack our brotli anew, as gzip, for a browser that names gzip before it. */
const AS_AT_THE_EDGE = { 'accept-encoding': 'br, gzip' }

/** Millrace by its own snippet, behind a front that only counts. */
export const ours = (millraceUrl: string): Contestant => ({
  name: 'Millrace',
  open: async () => {
    const front = await openFront(millraceUrl, AS_AT_THE_EDGE)
    const headers = { authorization: 'Bearer local-admin-token' }
    const answer = await fetch(`${millraceUrl}/api/sources/local-website/snippet`, { headers })
    const { data } = (await answer.json()) as { data: { snippet: { code: string } } }
    const [from, to] = [millraceUrl, front.url].map((url) => new URL(url).host)
    const head = data.snippet.code.replaceAll(from ?? '', to ?? '')
    return { head: `${head}${track('analytics')}`, origins: [front] }
  },
})

/** The script as Segment publishes it; settings and chunks come from a second origin, as from its CDN. */
export const stock: Contestant = {
  name: '@segment/analytics-next',
  open: async () => {
    const collector = await openOrigin(() => new Map())
    const cdn = await openOrigin(() => readSegment(new URL(collector.url).host))
    const script = `${cdn.url}/analytics.js/v1/${KEY}/analytics.min.js`
    const stub = `<script>window.analytics = [['page']]; analytics._cdn = '${cdn.url}'
      analytics.track = function () { analytics.push(['track'].concat([].slice.call(arguments))) }</script>`
    const head = `${stub}<script async src="${script}"></script>${track('analytics')}`
    return { head, origins: [cdn, collector] }
  },
}

function readSegment(collector: string): Files {
  const names = readdirSync(SEGMENT).filter((name) => name.endsWith('.js'))
  const read = (name: string) => readFileSync(join(SEGMENT, name), 'utf8')
  const chunks = names.map((name) => [`/analytics-next/bundles/${name}`, read(name)] as const)
  const script = read('standalone.js').replace('__WRITE_KEY__', KEY)
  const home = { apiKey: KEY, apiHost: `${collector}/v1`, protocol: 'http' }
  const settings = { integrations: { 'Segment.io': home }, metrics: { sampleRate: 0 } }
  return new Map([
    ...chunks,
    [`/analytics.js/v1/${KEY}/analytics.min.js`, script],
    [`/v1/projects/${KEY}/settings`, JSON.stringify(settings)],
  ])
}

/** Its npm build with the plugins inside, minified here; the default build loads them from a CDN. */
export const rudder: Contestant = {
  name: '@rudderstack/analytics-js',
  open: async () => {
    const script = await bundleRudder()
    const config = {
      source: {
        id: 'source',
        name: 'shop',
        writeKey: KEY,
        enabled: true,
        workspaceId: 'workspace',
        config: { statsCollection: { errors: { enabled: false }, metrics: { enabled: false } } },
        destinations: [],
        dataplanes: {},
      },
      updatedAt: '2026-11-25T00:00:00.000Z',
    }
    const files = [
      ['/rsa.js', script] as const,
      ['/sourceConfig/', JSON.stringify(config)] as const,
    ]
    const cdn = await openOrigin(() => new Map(files))
    const collector = await openOrigin(() => new Map())
    const load = `const rudder = new Rudder()
      rudder.load('${KEY}', '${collector.url}', { configUrl: '${cdn.url}', logLevel: 'NONE' })
      rudder.page(); rudder.track('${LAST_EVENT}')`
    const start = `<script>window.startRudder = (Rudder) => { ${load} }</script>`
    const head = `${start}<script async src="${cdn.url}/rsa.js"></script>`
    return { head, origins: [cdn, collector] }
  },
}

async function bundleRudder(): Promise<string> {
  const contents = `import { RudderAnalytics } from '@rudderstack/analytics-js/bundled'
    startRudder(RudderAnalytics)`
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: ROOT },
    bundle: true,
    minify: true,
    format: 'iife',
    write: false,
    logLevel: 'silent',
  })
  return outputFiles[0]?.text ?? ''
}

/** The script of its package, which its own server sends as it is; it calls `page()` itself, and reads no `ajs_*`. */
export const jitsu: Contestant = {
  name: '@jitsu/js',
  open: async () => {
    const file = join(ROOT, 'node_modules/@jitsu/js/dist/web/p.js.txt')
    const origin = await openOrigin(() => new Map([['/p.js', readFileSync(file, 'utf8')]]))
    const queue = `<script>(window.jitsuQ = window.jitsuQ || []).push((jitsu) => jitsu.track('${LAST_EVENT}'))</script>`
    const head = `${queue}<script async src="${origin.url}/p.js" data-write-key="${KEY}"></script>`
    return { head, origins: [origin] }
  },
}

const track = (name: string) => `<script>${name}.track('${LAST_EVENT}')</script>`
