import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CATALOG_OUTPUT } from './modules.ts'

/** Where a counting Worker tells which modules of the catalogue have been evaluated. */
export const EVALUATED = '/evaluated'

/** The default export of a Worker by the name given to it, with one path more. */
const writeExport = (worker: string) => `
export default {
  ...${worker},
  fetch: (request, ...rest) =>
    new URL(request.url).pathname === '${EVALUATED}'
      ? Response.json([...(globalThis.evaluated ?? [])].sort())
      : ${worker}.fetch(request, ...rest),
}
`

/**
 * Rewrites an output of a dry run so that each module of the catalogue tells when it is evaluated.
 * Of all but some modules nothing else is kept: Miniflare takes seconds for the whole.
 */
export function countEvaluations(outdir: string, kept: readonly string[]): void {
  const main = readFileSync(join(outdir, 'index.js'), 'utf8')
  const [pattern, worker = ''] = /,?\s*(\w+) as default/.exec(main) ?? ['']
  writeFileSync(join(outdir, 'index.js'), main.replace(pattern, '') + writeExport(worker))
  for (const name of readdirSync(join(outdir, CATALOG_OUTPUT))) {
    const path = `${CATALOG_OUTPUT}/${name}`
    const told = `(globalThis.evaluated ??= new Set()).add(${JSON.stringify(path)});`
    const rest = kept.includes(path) ? readFileSync(join(outdir, path), 'utf8') : ''
    writeFileSync(join(outdir, path), told + rest)
  }
}
