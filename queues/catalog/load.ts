import type { CatalogModule } from './module.ts'

const KEY = /^[a-z0-9-]+$/

/** Loads the module of one destination of Segment's catalogue, on its first use only. */
export async function loadCatalogModule(key: string): Promise<CatalogModule> {
  if (!KEY.test(key)) throw new Error(`"${key}" is not a key of the catalogue`)
  // A computed path: a literal would pull the whole catalogue into the main script. It is relative
  // to the upload root, from whatever file.
  const path = `./generated/catalog/${key}.js`
  return import(path) as Promise<CatalogModule> // built by scripts/build/catalog.ts
}
