import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { bundleCounted } from './bundle.ts'
import type { Counts } from './counts.ts'
import type { Order } from './order.ts'
import { readDeployment } from './read-deployment.ts'
import type { Shape } from './workload.ts'

const SLICE_REQUESTS = 2_000

/** How much of a workload to run, and on which Worker: a path from the root of the project. */
export interface Run {
  readonly visitors: number
  readonly seed: number
  readonly product?: string
  /** Whether all requests run in one isolate and share its calls; else each has its own call. */
  readonly isGrouped?: boolean
}

/** Runs a workload through the real pipeline in workerd, on a driven clock, and returns its counts. */
export async function runPipeline(
  shape: Shape,
  { visitors, seed, product = 'worker/index.ts', isGrouped = false }: Run,
): Promise<Counts> {
  const { options, objects, consumers } = readDeployment()
  const modules = await bundleCounted(product, objects, { isGrouped })
  const miniflare = new Miniflare(convertV4MiniflareOptions({ ...options, modules, cf: false }))
  try {
    await order(miniflare, { kind: 'begin', shape, visitors, seed, consumers, isGrouped })
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
