import { join } from 'node:path'
import { build } from 'esbuild'
import { convertV4MiniflareOptions, Miniflare, Response } from 'miniflare'
import { unstable_readConfig } from 'wrangler'
import { type Module, ROOT } from './modules.ts'
import { ANSWER, type Vendor } from './vendor.ts'

/** A Worker of this folder beside modules of the catalogue; all that it sends goes to the vendor. */
export async function startInWorkerd(
  entry: string,
  modules: readonly Module[],
  vendor?: Vendor,
): Promise<Miniflare> {
  const config = unstable_readConfig({ config: join(ROOT, 'wrangler.toml') })
  const contents = await bundleEntry(entry)
  const options = convertV4MiniflareOptions({
    compatibilityDate: config.compatibility_date ?? '',
    compatibilityFlags: config.compatibility_flags,
    modules: [{ type: 'ESModule', path: 'worker.js', contents }, ...modules],
    modulesRoot: '/',
    outboundService: async (request) => {
      const { method, url, headers } = request
      vendor?.receive({ method, url, headers, body: Buffer.from(await request.arrayBuffer()) })
      return new Response(ANSWER)
    },
  })
  return new Miniflare(options)
}

async function bundleEntry(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, entry)],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    external: ['node:*'],
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}
