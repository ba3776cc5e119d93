import { join } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { readModulesOf } from '../test/catalog/support/modules.ts'
import type { ObjectBinding } from './read-deployment.ts'
import { CATALOG_KEY } from './worker/bench-workspace.ts'

const ROOT = join(import.meta.dirname, '..')

/** The Worker that `product` exports, with counters on its bindings and objects, and the catalogue's modules it loads. */
export async function bundleCounted(
  product: string,
  objects: readonly ObjectBinding[],
  { isGrouped }: { readonly isGrouped: boolean },
) {
  const { outputFiles } = await build({
    stdin: { contents: writeEntry(product, objects), resolveDir: ROOT },
    bundle: true,
    format: 'esm',
    target: 'es2024',
    external: ['cloudflare:*', 'node:*'],
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
    write: false,
    logLevel: 'error',
    plugins: isGrouped ? [useBenchWorkspace] : [useBenchWorkspace, useLoneAppend],
  })
  const contents = outputFiles[0]?.text ?? ''
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

/** Takes the place of the product's workspace: one source with three destinations. */
const useBenchWorkspace: Plugin = {
  name: 'bench-workspace',
  setup({ onResolve }) {
    onResolve({ filter: /\/fixed-workspace\.ts$/ }, () => ({
      path: join(ROOT, 'bench/worker/bench-workspace.ts'),
    }))
  },
}

/** Each request is a caller of its own, as if it ran in an isolate where no other does. */
const useLoneAppend: Plugin = {
  name: 'lone-append',
  setup({ onResolve }) {
    onResolve({ filter: /accept\/append\.ts$|^\.\/append\.ts$/ }, () => ({
      path: join(ROOT, 'bench/worker/lone-append.ts'),
    }))
  },
}
