import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'

/** A module as Miniflare takes it. */
export interface Module {
  readonly type: 'ESModule'
  /** Relative to the upload root, as in a deployment. */
  readonly path: string
  readonly contents: string
}

export const ROOT = join(import.meta.dirname, '../../..')
export const CATALOG_OUTPUT = 'generated/catalog'

/** Every built module of the catalogue. */
export function readModules(): Module[] {
  return readdirSync(join(ROOT, CATALOG_OUTPUT))
    .sort()
    .map((name) => readModule(`${CATALOG_OUTPUT}/${name}`))
}

/** The modules of some destinations and what they import: Miniflare takes seconds for all. */
export function readModulesOf(destinations: readonly string[]): Module[] {
  const modules = new Map<string, Module>()
  const add = (path: string) => {
    if (modules.has(path)) return
    const module = readModule(path)
    modules.set(path, module)
    for (const [, name = ''] of module.contents.matchAll(/["'](\.\/chunk-\w+\.js)["']/g))
      add(posix.join(dirname(path), name))
  }
  for (const key of destinations) add(`${CATALOG_OUTPUT}/${key}.js`)
  return [...modules.values()]
}

function readModule(path: string): Module {
  return { type: 'ESModule', path, contents: readFileSync(join(ROOT, path), 'utf8') }
}
