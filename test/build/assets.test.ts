import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { assets } from '../../scripts/build/assets.ts'

let root: string
let output: string

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'millrace-assets-'))
  output = join(root, 'generated/assets')
  symlinkSync(resolve(import.meta.dirname, '../../node_modules'), join(root, 'node_modules'))
  await assets.run(root)
})
afterAll(() => rmSync(root, { recursive: true }))

it('copies analytics.js and every bundle that its runtime asks for', () => {
  expect(readdirSync(output).sort()).toEqual(['_headers', 'analytics-next'])
  expect(readdirSync(join(output, 'analytics-next')).sort()).toEqual(['bundles', 'standalone.js'])
  expect(readdirSync(join(output, 'analytics-next/bundles')).sort()).toEqual([
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

it('asks for no source map', () => {
  const paths = readdirSync(output, { recursive: true, encoding: 'utf8' })
  const scripts = paths.filter((path) => path.endsWith('.js'))
  expect(scripts).toHaveLength(9)
  for (const path of scripts) {
    const text = readFileSync(join(output, path), 'utf8')
    expect(text).not.toContain('sourceMappingURL')
    expect(text.length).toBeGreaterThan(300)
  }
})

it('lets browsers keep a bundle for good and analytics.js for five minutes', () => {
  expect(readFileSync(join(output, '_headers'), 'utf8')).toBe(
    [
      '/analytics-next/bundles/*',
      '  Cache-Control: public, max-age=31536000, immutable',
      '',
      '/analytics-next/standalone.js',
      '  Cache-Control: public, max-age=300',
      '',
    ].join('\n'),
  )
})
