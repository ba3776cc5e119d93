import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Metafile } from 'esbuild'
import { ROOT } from './modules.ts'

const wrangler = createRequire(import.meta.url).resolve('wrangler')

/** Writes what a deployment would upload into a folder; gives what the main script is made of. */
export async function dryRunDeploy(outdir: string): Promise<Metafile> {
  const args = ['--no-warnings', wrangler, 'deploy', '--dry-run', '--metafile', '--outdir', outdir]
  await promisify(execFile)(process.execPath, args, {
    cwd: ROOT,
    env: {
      ...process.env,
      CLOUDFLARE_LOAD_DEV_VARS_FROM_DOT_ENV: 'false',
      WRANGLER_HIDE_BANNER: 'true',
      WRANGLER_SEND_ERROR_REPORTS: 'false',
      WRANGLER_SEND_METRICS: 'false',
    },
  })
  return JSON.parse(readFileSync(join(outdir, 'bundle-meta.json'), 'utf8'))
}
