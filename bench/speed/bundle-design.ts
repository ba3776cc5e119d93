import { join } from 'node:path'
import { build, type Plugin } from 'esbuild'

const ROOT = join(import.meta.dirname, '../..')

/** The three Workers of the bench: the product, what it is compared with, the product's Intake alone. */
export type DesignName = 'ours' | 'naive' | 'growth'

const ENTRIES: Readonly<Record<DesignName, string>> = {
  ours: `
import { observe } from './bench/worker/speed/observed-worker.ts'
import * as product from './worker/index.ts'
export const { Destination, Identity, Intake, Profile } = product
export default observe(product.default)`,
  naive: `
import { observe } from './bench/worker/speed/observed-worker.ts'
import naive from './bench/worker/speed/naive-worker.ts'
export default observe(naive)`,
  growth: `
export { Identity } from './durable-objects/identity/identity.ts'
export { Profile } from './durable-objects/profile/profile.ts'
export { default, Destination, Intake } from './bench/worker/speed/growth-worker.ts'`,
}

/** The script of a design, with so many sources in its workspace. */
export async function bundleDesign(name: DesignName, sources: number): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: ENTRIES[name], resolveDir: ROOT },
    bundle: true,
    format: 'esm',
    target: 'es2024',
    external: ['cloudflare:*', 'node:*'], // no module of the catalogue: no destination loads one
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
    define: { SPEED_SOURCES: String(sources) },
    write: false,
    logLevel: 'error',
    plugins: [useSpeedWorkspace],
  })
  return outputFiles[0]?.text ?? ''
}

const useSpeedWorkspace: Plugin = {
  name: 'speed-workspace',
  setup({ onResolve }) {
    onResolve({ filter: /\/fixed-workspace\.ts$/ }, () => ({
      path: join(ROOT, 'bench/worker/speed/speed-workspace.ts'),
    }))
  },
}
