import { join } from 'node:path'
import { build, type Metafile, type OnLoadArgs, type Plugin } from 'esbuild'
import { CATALOG, listDestinations } from './destinations.ts'
import { measureFiles } from './measure-files.ts'
import type { Step } from './run-step.ts'
import { ValidatorPool } from './validator-pool.ts'
import { checkKeys } from './validators.ts'

/** What to bundle, and into which folder. */
export interface CatalogPlan {
  readonly root: string
  readonly destinations: readonly string[]
  readonly outdir: string
}

const OUTPUT = 'generated/catalog'
const STAND_INS = 'queues/catalog/stand-ins'

/** The build step for Segment's destination catalogue. */
export const catalogue: Step = {
  name: 'catalogue',
  inputs: [
    'scripts/build/{catalog,destinations}.ts',
    'scripts/build/validator*.ts',
    `${STAND_INS}/*.ts`,
  ],
  outputs: [OUTPUT],
  run: async (root) => {
    const begunAt = performance.now()
    const destinations = listDestinations(root)
    const { outputs } = await bundleCatalog({ root, destinations, outdir: join(root, OUTPUT) })
    const { count, raw, gzip } = await measureFiles(Object.keys(outputs), root)
    const seconds = ((performance.now() - begunAt) / 1_000).toFixed(1)
    return `${destinations.length} destinations in ${count} modules, ${raw}, ${gzip} gzip, built in ${seconds} s`
  },
}

/** Writes one ES module per destination and the chunks they share; tells what is made of what. */
export async function bundleCatalog(plan: CatalogPlan): Promise<Metafile> {
  const pool = new ValidatorPool(plan.destinations, plan.root)
  try {
    return await bundle(plan, pool)
  } finally {
    await pool.close()
  }
}

async function bundle(plan: CatalogPlan, pool: ValidatorPool): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: plan.root,
    entryPoints: plan.destinations.map((key) => ({ in: `destination:${key}`, out: key })),
    outdir: plan.outdir,
    chunkNames: 'chunk-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    minify: true,
    keepNames: true, // the catalogue tells its errors apart by the names of their classes
    legalComments: 'eof',
    metafile: true,
    logLevel: 'silent',
    // Serves the catalogue's `require("crypto")` and the like, in workerd too.
    banner: {
      js: `import { createRequire } from 'node:module'; const require = createRequire('/');`,
    },
    plugins: [oneCore, globalProcess, standIns(plan.root), generated(plan, pool)],
  })
  const validators = await Promise.all(plan.destinations.map((key) => pool.compile(key)))
  checkKeys(validators.flatMap(({ schemas }) => schemas))
  return metafile
}

/** Entries import and destinations require the core: both get one copy, or `instanceof` fails. */
const oneCore: Plugin = {
  name: 'one-core',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^@segment\/actions-core(\/|$)/ }, ({ path, resolveDir, kind }) =>
      kind === 'require-call' ? null : resolve(path, { resolveDir, kind: 'require-call' }),
    )
  },
}

/** workerd has every Node module that the catalogue requires except this one. */
const globalProcess: Plugin = {
  name: 'global-process',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(node:)?process$/ }, () => ({ path: 'process', namespace: 'global' }))
    onLoad({ filter: /.*/, namespace: 'global' }, () => ({ contents: 'module.exports = process' }))
  },
}

/** Only the bare names: `ajv-formats/dist/formats` and Ajv's own run-time parts stay what they are. */
function standIns(root: string): Plugin {
  return {
    name: 'stand-ins',
    setup({ onResolve }) {
      onResolve({ filter: /^(ajv|ajv-formats|cross-fetch)$/ }, ({ path }) => ({
        path: join(root, STAND_INS, `${path}.ts`),
      }))
    },
  }
}

/** The modules that exist in no file: a destination's entry and its validators. */
function generated({ root }: CatalogPlan, pool: ValidatorPool): Plugin {
  const load =
    (make: (key: string) => string | Promise<string>) =>
    async ({ path }: OnLoadArgs) => ({ contents: await make(path), resolveDir: root })
  return {
    name: 'generated',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^(destination|validators):/ }, ({ path }) => {
        const [namespace = '', key = ''] = path.split(':')
        return { namespace, path: key }
      })
      onLoad({ filter: /.*/, namespace: 'destination' }, load(writeEntry))
      onLoad(
        { filter: /.*/, namespace: 'validators' },
        load(async (key) => (await pool.compile(key)).source),
      )
    },
  }
}

// The core comes first: it gives the stand-in the formats that the validators refer to.
function writeEntry(key: string): string {
  return `
    export { Destination } from '@segment/actions-core'
    export { recordRequests } from 'cross-fetch'
    import 'validators:${key}'
    export { default as definition } from '${CATALOG}/${key}'
  `
}
