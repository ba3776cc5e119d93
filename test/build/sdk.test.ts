import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readPrefix, sdk } from '../../scripts/build/sdk.ts'
import { applyPatches, PATCHES } from '../../scripts/build/sdk-patches.ts'

const PROJECT = resolve(import.meta.dirname, '../..')
const STANDALONE = join(PROJECT, 'node_modules/@segment/analytics-next/dist/umd/standalone.js')
let root: string
let template: string
const assets = (path = '') => join(root, 'generated/assets', path)

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'millrace-sdk-'))
  symlinkSync(join(PROJECT, 'node_modules'), join(root, 'node_modules'))
  copyFileSync(join(PROJECT, 'wrangler.toml'), join(root, 'wrangler.toml'))
  await sdk.run(root)
  template = readFileSync(join(root, 'generated/sdk-template.ts'), 'utf8')
})
afterAll(() => rmSync(root, { recursive: true }))

describe('the chunks of analytics.js', () => {
  it('lie under the prefix by number and hash, and where the stock script asks for them', () => {
    expect(readdirSync(assets()).sort()).toEqual(['_headers', 'analytics-next', 'x7k'])
    expect(readdirSync(assets('x7k')).sort()).toEqual([
      '10.89bf07058b3d3b126984.js',
      '104.a6a77355d52c20e3a83d.js',
      '248.f131ce01a05e3a33a8c1.js',
      '407.61efa1acb302134c434b.js',
      '50.40628baed746e9904edc.js',
      '521.063bbf80c88cda449d9c.js',
      '538.34b193ada8fe288d1bd1.js',
      '694.c8148be87c48a2b6537a.js',
    ])
    expect(readdirSync(assets('analytics-next/bundles')).sort()).toEqual([
      '407.bundle.61efa1acb302134c434b.js',
      'ajs-destination.bundle.40628baed746e9904edc.js',
      'auto-track.bundle.f131ce01a05e3a33a8c1.js',
      'legacyVideos.bundle.c8148be87c48a2b6537a.js',
      'queryString.bundle.34b193ada8fe288d1bd1.js',
      'remoteMiddleware.bundle.063bbf80c88cda449d9c.js',
      'schemaFilter.bundle.a6a77355d52c20e3a83d.js',
      'tsub-middleware.bundle.89bf07058b3d3b126984.js',
    ])
  })

  it('ask for no source map', () => {
    const paths = readdirSync(assets(), { recursive: true, encoding: 'utf8' })
    const scripts = paths.filter((path) => path.endsWith('.js'))
    expect(scripts).toHaveLength(16)
    for (const path of scripts) {
      const text = readFileSync(assets(path), 'utf8')
      expect(text).not.toContain('sourceMappingURL')
      expect(text.length).toBeGreaterThan(300)
    }
  })

  it('may be kept for good', () => {
    const headers = readFileSync(assets('_headers'), 'utf8')
    for (const path of ['/x7k/*.js', '/analytics-next/bundles/*']) {
      expect(headers).toContain(
        `${path}\n  Cache-Control: public, max-age=31536000, immutable\n  Access-Control-Allow-Origin: *\n`,
      )
    }
  })
})

describe('the prefix', () => {
  it('is read from wrangler.toml', () => {
    expect(readPrefix(root)).toBe('x7k')
  })
})

describe('the template of the script', () => {
  it('has left of the names of Segment one link to its documentation', () => {
    const names = template.match(/[\w./-]*(segment\.(com|io|build)|cdnjs)[\w./-]*/g) ?? []
    expect(names.filter((name) => name.includes('.com') || name.includes('cdnjs'))).toEqual([
      '//segment.com/docs/connections/sources/catalog/libraries/website/javascript/upgrade-to-ajs2/',
    ])
    expect(template).not.toMatch(/sourceMappingURL|__WRITE_KEY__|api\.segment/)
  })

  it('sets no header that would need a preflight', () => {
    expect(template).not.toMatch(/Authorization|X-Retry-Count/)
  })

  it('has the chunk that reads links inside', () => {
    expect(template).toContain('push([[538]')
  })

  it('is made of version 1.84.3', () => {
    const lock = JSON.parse(readFileSync(join(PROJECT, 'package-lock.json'), 'utf8'))
    expect(lock.packages['node_modules/@segment/analytics-next'].version).toBe('1.84.3')
  })
})

describe('a patch', () => {
  const patch = { name: 'greeting', find: 'hello', times: 2, replacement: '$&' }

  it('is put in as it is', () => {
    expect(applyPatches('hello, hello', [patch])).toBe('$&, $&')
  })

  it.each(['hello', 'hello hello hello', ''])(
    'whose text is not as often there fails the build by its name: %j',
    (text) => {
      expect(() => applyPatches(text, [patch])).toThrow(/^patch "greeting" of analytics\.js: /)
    },
  )

  it.each(PATCHES.map((each) => [each.name, each] as const))(
    '%s fails the build when the SDK has changed there',
    (name, { find }) => {
      const changed = readFileSync(STANDALONE, 'utf8').split(find).join('')
      expect(() => applyPatches(changed, PATCHES)).toThrow(`patch "${name}" of analytics.js: `)
    },
  )
})
