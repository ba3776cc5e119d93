import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Metafile } from 'esbuild'
import { ROOT } from './modules.ts'

const wrangler = createRequire(import.meta.url).resolve('wrangler')

/** What a deployment would be: what its main script is made of, and what wrangler says of it. */
export interface DryRun {
  readonly metafile: Metafile
  readonly stdout: string
}

/** Writes what a deployment would upload into a folder. */
export async function dryRunDeploy(outdir: string): Promise<DryRun> {
  const args = ['--no-warnings', wrangler, 'deploy', '--dry-run', '--metafile', '--outdir', outdir]
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: ROOT,
    env: {
      ...process.env,
      CLOUDFLARE_LOAD_DEV_VARS_FROM_DOT_ENV: 'false',
      WRANGLER_HIDE_BANNER: 'true',
      WRANGLER_SEND_ERROR_REPORTS: 'false',
      WRANGLER_SEND_METRICS: 'false',
    },
  })
  return { metafile: JSON.parse(readFileSync(join(outdir, 'bundle-meta.json'), 'utf8')), stdout }
}
