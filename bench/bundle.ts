import { join } from 'node:path'
import { readModulesOf } from '../test/catalog/support/modules.ts'
import { bundleWorker, replaceModule } from './bundle-worker.ts'
import type { ObjectBinding } from './read-deployment.ts'
import { CATALOG_KEY } from './worker/bench-workspace.ts'

const ROOT = join(import.meta.dirname, '..')

/** The Worker that `product` exports, with counters on its bindings and objects, and the catalogue's modules it loads. */
export async function bundleCounted(
  product: string,
  objects: readonly ObjectBinding[],
  { isGrouped }: { readonly isGrouped: boolean },
) {
  const contents = await bundleWorker({
    contents: writeEntry(product, objects),
    workspace: 'bench/worker/bench-workspace.ts',
    plugins: isGrouped ? [] : [useLoneAppend],
  })
  return [
    { type: 'ESModule' as const, path: 'index.js', contents },
    ...readModulesOf([CATALOG_KEY]),
  ]
}

/** The clock comes first: modules of the product already start on it. */
const writeEntry = (product: string, objects: readonly ObjectBinding[]) => `
import { count, serve } from './bench/worker/counted-worker.ts'
import * as product from ${JSON.stringify(join(ROOT, product))}
export default serve(product.default)
${objects.map(({ name, className }) => `export const ${className} = count(product.${className}, '${name}')`).join('\n')}
`

/** Each request is a caller of its own, as if it ran in an isolate where no other does. */
const useLoneAppend = replaceModule(
  /accept\/append\.ts$|^\.\/append\.ts$/,
  'bench/worker/lone-append.ts',
)
