import { reset } from 'cloudflare:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { siteOf } from '../../../worker/sdk/visitor-cookies.ts'
import { appWith, localApp } from '../../support/app.ts'
import { Collector, WRITE_KEY } from '../../support/collector.ts'
import { source, TestWorkspace } from '../../support/workspace.ts'

const LOCAL = 'http://127.0.0.1:8787'
const KEY = 'local-write-key-0000000000000000'
const SCRIPT = `/x7k/${WRITE_KEY}.js`
const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'

let workspace: TestWorkspace
let collector: Collector
beforeEach(() => {
  workspace = new TestWorkspace()
  workspace.has(source())
  collector = new Collector(workspace)
})
afterEach(async () => {
  vi.restoreAllMocks()
  await reset()
})

const ask = (path: string, headers: HeadersInit = {}) => collector.send(path, { headers })
const cookies = async (headers: HeadersInit = {}) =>
  (await ask(SCRIPT, headers)).headers.getSetCookie()

describe('analytics.js', () => {
  it.each([SCRIPT, `/analytics.js/v1/${WRITE_KEY}/analytics.min.js`])(
    'has key and settings inside and everything below the prefix, at %s',
    async (path) => {
      const response = await ask(path)
      expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
      const script = await response.text()
      expect(script).toContain(`window.analyticsWriteKey="${WRITE_KEY}"`)
      expect(script).toContain('"apiHost":"events.example.com/x7k"')
      expect(script).toContain('"https://events.example.com/x7k"')
      expect(script).not.toContain('@@')
      expect(() => new Function(script)).not.toThrow()
    },
  )

  it('is brotli, gzip or plain, as the browser takes it, with an ETag for each', async () => {
    const read = async (accepted: string) => {
      const response = await ask(SCRIPT, { 'accept-encoding': accepted })
      const { headers } = response
      const bytes = new Uint8Array(await response.arrayBuffer())
      return { coding: headers.get('content-encoding'), etag: headers.get('etag'), bytes }
    }
    const [brotli, gzip, plain] = [await read('gzip, br'), await read('gzip'), await read('')]
    expect([brotli.coding, gzip.coding, plain.coding]).toEqual(['br', 'gzip', null])
    expect(new Set([brotli.etag, gzip.etag, plain.etag]).size).toBe(3)
    const text = new TextDecoder().decode(plain.bytes)
    expect(new TextDecoder().decode(brotliDecompressSync(brotli.bytes))).toBe(text)
    expect(new TextDecoder().decode(gunzipSync(gzip.bytes))).toBe(text)
    expect(brotli.bytes.length).toBeLessThan(28_000)
    expect(gzip.bytes.length).toBeLessThan(32_000)
  })

  it('may be kept for five minutes, and is not sent again to who has it', async () => {
    const response = await ask(SCRIPT, { 'sec-fetch-site': 'cross-site' })
    expect(response.headers.get('cache-control')).toBe(
      'public, max-age=300, stale-while-revalidate=86400',
    )
    const etag = `W/${response.headers.get('etag')}`
    const again = await ask(SCRIPT, { 'if-none-match': etag })
    expect([again.status, await again.text()]).toEqual([304, ''])
    expect(again.headers.getSetCookie()).toHaveLength(2)
  })

  it('of a key that nobody owns yet may be kept for ten seconds and sets no cookie', async () => {
    for (const isAnswering of [true, false]) {
      if (!isAnswering) workspace.now = null
      vi.spyOn(console, 'error').mockReturnValue()
      const response = await ask('/x7k/unknown-write-key-000000.js')
      expect(response.headers.get('cache-control')).toBe('public, max-age=10')
      expect(response.headers.getSetCookie()).toEqual([])
      expect(await response.text()).toContain('window.analyticsWriteKey="unknown-write-key-000000"')
    }
  })

  it('takes a key as text, whatever it says', async () => {
    const key = '"+alert(1)+"@@BASE@@$&'
    const script = await (await ask(`/x7k/${encodeURIComponent(key)}.js`)).text()
    expect(script).toContain(`window.analyticsWriteKey=${JSON.stringify(key)}`)
    expect(() => new Function(script)).not.toThrow()
  })

  it.each([
    '/x7k/short.js',
    '/x7k/248.0123456789abcdef0123.js',
    '/x7k/next-integrations/actions/amplitude/1.js',
    `/x7k/analytics.js/v1/${WRITE_KEY}/analytics.min.js`,
    `/analytics.js/v1/${WRITE_KEY}/analytics.classic.js`,
    '/next-integrations/actions/amplitude/1.js',
    '/x7k/next-integrations/integrations/mixpanel/2/mixpanel.dynamic.js.gz',
    '/next-integrations/middleware/tsub/latest/tsub.js.gz',
  ])('says honestly that there is no %s', async (path) => {
    const response = await ask(path)
    expect([response.status, await response.json()]).toMatchObject([404, { code: 'not_found' }])
  })

  it('moves to another prefix as a whole', async () => {
    const app = appWith({ LOCAL: 'true', PATH_PREFIX: 'mill' })
    const response = await app(`${LOCAL}/mill/${KEY}.js`)
    expect(response.headers.getSetCookie()[0]).toMatch(/^mill=/)
    const script = await response.text()
    expect(script).toContain('"http://127.0.0.1:8787/mill"')
    expect(script).not.toContain('x7k')
    expect((await app(`${LOCAL}/x7k/${KEY}.js`)).status).toBe(404)
  })
})

describe('the cookie', () => {
  it('is minted with the one that analytics.js reads, for a visitor without either', async () => {
    const [master = '', readable = ''] = await cookies()
    const id = new RegExp(`^x7k=(${UUID});`).exec(master)?.[1]
    expect(master).toBe(`x7k=${id}; Max-Age=31536000; Path=/; HttpOnly; Secure; SameSite=Lax`)
    expect(readable).toBe(
      `ajs_anonymous_id=${id}; Max-Age=31536000; Domain=example.com; Path=/; Secure; SameSite=Lax`,
    )
  })

  it('takes over what analytics.js has written, and never writes that itself', async () => {
    for (const value of ['a-1', 'my%20own', '%22a-1%22', '"a-1"']) {
      const [master, ...others] = await cookies({ cookie: `x7k=old; ajs_anonymous_id=${value}` })
      expect(master).toMatch(value.includes('own') ? /^x7k=my%20own; / : /^x7k=a-1; /)
      expect(others).toEqual([])
    }
  })

  it('restores what Safari has forgotten', async () => {
    const [master, readable] = await cookies({ cookie: 'x7k=a-1' })
    expect([master, readable]).toEqual([
      expect.stringMatching(/^x7k=a-1; Max-Age=31536000; .*HttpOnly/),
      expect.stringMatching(/^ajs_anonymous_id=a-1; Max-Age=31536000; Domain=example\.com; /),
    ])
  })

  it('begins anew where an id is empty or endless', async () => {
    const endless = 'x'.repeat(256)
    const [master] = await cookies({ cookie: `x7k=${endless}; ajs_anonymous_id=` })
    expect(master).toMatch(new RegExp(`^x7k=${UUID};`))
  })

  it('is not offered to a page of another site, where a browser would refuse it', async () => {
    expect(await cookies({ 'sec-fetch-site': 'cross-site' })).toEqual([])
    expect(await cookies({ 'sec-fetch-site': 'same-site' })).toHaveLength(2)
  })

  it('is for one browser only: nothing on the way may keep the answer', async () => {
    expect((await ask(SCRIPT)).headers.get('cache-control')).toMatch(/^private, /)
  })

  it.each([
    ['events.shop.example.com', 'example.com'],
    ['events.shop.co.uk', 'shop.co.uk'],
    ['millrace.acct.workers.dev', 'acct.workers.dev'],
    ['ada.github.io', 'ada.github.io'],
    ['localhost', null],
    ['127.0.0.1', null],
    ['[::1]', null],
  ])('is for the widest domain that a browser accepts: of %s it is %j', (hostname, domain) => {
    expect(siteOf(hostname)).toBe(domain)
  })
})

describe('an opt-out', () => {
  beforeEach(() => workspace.has(source({ honoursOptOut: true })))

  it.each([{ 'sec-gpc': '1' }, { cookie: 'x7k_off=1' }])(
    'is honoured where the source says so: no cookie for %j',
    async (headers) => {
      expect(await cookies(headers)).toEqual([])
    },
  )

  it('takes both cookies back', async () => {
    expect(await cookies({ cookie: 'x7k=a-1; ajs_anonymous_id=a-1; x7k_off=1' })).toEqual([
      'x7k=; Max-Age=0; Path=/',
      expect.stringMatching(/^ajs_anonymous_id=; Max-Age=0;.* Path=\/$/),
    ])
  })

  it('is honoured by the script of a key that nobody is known to own', async () => {
    const script = await (await ask('/x7k/unknown-write-key-000000.js')).text()
    expect(script).toContain('navigator.globalPrivacyControl')
  })

  it('switches analytics.js off in the browser as well', async () => {
    expect(await (await ask(SCRIPT)).text()).toContain(
      'navigator.globalPrivacyControl||/(^|; )x7k_off=/.test(document.cookie)',
    )
  })

  it('is nothing to a source that does not say so', async () => {
    workspace.has(source())
    expect(await cookies({ 'sec-gpc': '1' })).toHaveLength(2)
    expect(await (await ask(SCRIPT)).text()).not.toContain('globalPrivacyControl')
  })
})

it('the local run serves its own source', async () => {
  const script = await (await localApp(`${LOCAL}/x7k/${KEY}.js`)).text()
  expect(script).toContain('"apiHost":"127.0.0.1:8787/x7k","protocol":"http"')
})
