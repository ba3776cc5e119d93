import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

/** The size of files, each compressed by itself, in megabytes of a million bytes: `1.6 MB`. */
export interface Sizes {
  readonly count: number
  readonly raw: string
  readonly gzip: string
}

/** Measures files by their paths below `root`. */
export async function measureFiles(paths: readonly string[], root: string): Promise<Sizes> {
  const sizes = await Promise.all(
    paths.map(async (path) => {
      const content = await readFile(join(root, path))
      return { raw: content.length, gzip: (await promisify(gzip)(content)).length }
    }),
  )
  const sum = (kind: 'raw' | 'gzip') =>
    `${(sizes.reduce((total, size) => total + size[kind], 0) / 1_000_000).toFixed(2)} MB`
  return { count: paths.length, raw: sum('raw'), gzip: sum('gzip') }
}
