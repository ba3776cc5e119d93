import { join } from 'node:path'
import { build, type Plugin } from 'esbuild'

const ROOT = join(import.meta.dirname, '..')

/** A Worker to be bundled: code that exports it, and what differs from the one that is deployed. */
export interface WorkerEntry {
  readonly contents: string
  /** What takes the place of the product's workspace, from the root of the project. */
  readonly workspace: string
  readonly define?: Readonly<Record<string, string>>
  readonly plugins?: readonly Plugin[]
}

/** The script of a Worker; modules of the catalogue stay outside, because none is part of the script. */
export async function bundleWorker({
  contents,
  workspace,
  define = {},
  plugins = [],
}: WorkerEntry): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: ROOT },
    bundle: true,
    format: 'esm',
    target: 'es2024',
    external: ['cloudflare:*', 'node:*'],
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
    define,
    write: false,
    logLevel: 'error',
    plugins: [replaceModule(/\/fixed-workspace\.ts$/, workspace), ...plugins],
  })
  return outputFiles[0]?.text ?? ''
}

/** Puts a file in the place of modules that are imported by a path of this form. */
export const replaceModule = (filter: RegExp, path: string): Plugin => ({
  name: path,
  setup({ onResolve }) {
    onResolve({ filter }, () => ({ path: join(ROOT, path) }))
  },
})
