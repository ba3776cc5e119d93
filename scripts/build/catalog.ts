import { join } from 'node:path'
import { build, type OnLoadArgs, type Plugin } from 'esbuild'
import type { Step } from './run-step.ts'
import { checkKeys, compileValidators, readSchemas } from './validators.ts'

/** The destinations to bundle, by their folder in the catalogue's `dist/destinations`. */
export const DESTINATIONS: readonly string[] = ['webhook']

/** What to bundle, and into which folder. */
export interface CatalogPlan {
  readonly root: string
  readonly destinations: readonly string[]
  readonly outdir: string
}

const OUTPUT = 'generated/catalog'
const STAND_INS = 'queues/catalog/stand-ins'
const CATALOG = '@segment/action-destinations/dist/destinations'

/** The build step for Segment's destination catalogue. */
export const catalogue: Step = {
  name: 'catalogue',
  inputs: ['scripts/build/{catalog,validators}.ts', `${STAND_INS}/*.ts`],
  outputs: [OUTPUT],
  run: async (root) => {
    const plan = { root, destinations: DESTINATIONS, outdir: join(root, OUTPUT) }
    const bytes = await bundleCatalog(plan)
    const count = DESTINATIONS.length
    return `${count} destination${count === 1 ? '' : 's'}, ${Math.round(bytes / 1_000)} kB`
  },
}

/** Writes one ES module per destination and the chunks they share; gives their size in bytes. */
export async function bundleCatalog(plan: CatalogPlan): Promise<number> {
  const { metafile } = await build({
    absWorkingDir: plan.root,
    entryPoints: plan.destinations.map((key) => ({ in: `destination:${key}`, out: key })),
    outdir: plan.outdir,
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
    plugins: [oneCore, globalProcess, standIns(plan.root), generated(plan)],
  })
  return Object.values(metafile.outputs).reduce((sum, { bytes }) => sum + bytes, 0)
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
function generated({ root, destinations }: CatalogPlan): Plugin {
  const schemas = new Map(destinations.map((key) => [key, readSchemas(key, root)]))
  checkKeys([...schemas.values()].flat())
  const load = (make: (key: string) => string) => (args: OnLoadArgs) => ({
    contents: make(args.path),
    resolveDir: root,
  })
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
        load((key) => compileValidators(schemas.get(key) ?? [])),
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
