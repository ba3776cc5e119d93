import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import type { Counts } from './counts.ts'
import type { Order } from './order.ts'
import type { Shape } from './workload.ts'

const ROOT = join(import.meta.dirname, '..')
const SLICE_REQUESTS = 2_000

/** Runs a workload through the real pipeline in workerd, on a driven clock, and returns its counts. */
export async function runPipeline(
  shape: Shape,
  { visitors, seed }: { visitors: number; seed: number },
): Promise<Counts> {
  const miniflare = await startCounted()
  try {
    await order(miniflare, { kind: 'begin', shape, visitors, seed })
    for (let isOver = false; !isOver; ) {
      ;({ isOver } = await order(miniflare, { kind: 'send', requests: SLICE_REQUESTS }))
    }
    return (await order(miniflare, { kind: 'drain' })).counts
  } finally {
    await miniflare.dispose()
  }
}

async function order(miniflare: Miniflare, body: Order) {
  const response = await miniflare.dispatchFetch('http://bench/', {
    method: 'POST',
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`bench: ${response.status} ${await response.text()}`)
  return (await response.json()) as { counts: Counts; isOver: boolean }
}

async function startCounted(): Promise<Miniflare> {
  const options = convertV4MiniflareOptions({
    modules: [
      { type: 'ESModule', path: 'index.js', contents: await bundleWorker() },
      ...catalogModules(),
    ],
    compatibilityDate: '2026-10-06',
    compatibilityFlags: ['nodejs_compat'],
    bindings: { SEAL_SECONDS: 5, LEASE_SECONDS: 90, WAKE_SECONDS: 300 },
    durableObjects: {
      INTAKE: { className: 'Intake', useSQLite: true },
      DESTINATION: { className: 'Destination', useSQLite: true },
    },
    r2Buckets: ['ARCHIVE'],
    queueProducers: { DELIVERIES: 'deliveries' },
    cf: false,
  })
  return new Miniflare(options)
}

async function bundleWorker(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, 'bench/worker/counted-worker.ts')],
    bundle: true,
    format: 'esm',
    target: 'es2024',
    external: ['cloudflare:*', 'node:*'],
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
    write: false,
    logLevel: 'error',
    plugins: [useBenchWorkspace],
  })
  return outputFiles[0]?.text ?? ''
}

/** Objects make their own workspace: in the bench's bundle it is the bench's. */
const useBenchWorkspace: Plugin = {
  name: 'bench-workspace',
  setup({ onResolve }) {
    onResolve({ filter: /\/fixed-workspace\.ts$/ }, () => ({
      path: join(ROOT, 'bench/worker/bench-workspace.ts'),
    }))
  },
}

function catalogModules() {
  const folder = join(ROOT, 'generated/catalog')
  return readdirSync(folder)
    .filter((name) => name.endsWith('.js'))
    .map((name) => ({
      type: 'ESModule' as const,
      path: `generated/catalog/${name}`,
      contents: readFileSync(join(folder, name), 'utf8'),
    }))
}
