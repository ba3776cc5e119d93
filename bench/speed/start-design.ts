import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { readDeployment } from '../read-deployment.ts'
import { bundleDesign, type DesignName } from './bundle-design.ts'
import { findStarted, readCpuMs } from './process-cpu.ts'
import type { Put } from './statistics.ts'

/** A Worker in workerd, reached over its own socket, with all its state in a folder of its own. */
export interface RunningDesign {
  readonly name: DesignName
  readonly url: string
  /** What has reached the archive since the start. */
  readonly puts: () => Promise<readonly Put[]>
  /** Rings the cron of a minute: what an Intake did not take in time waits in the spool for it. */
  readonly ringMinute: () => Promise<void>
  /** The lines of all objects of the archive, one object at a time; their bytes as Latin-1. */
  readonly readArchive: () => AsyncGenerator<string>
  /** Processor time of its workerd, emulators included; NaN where the system does not tell. */
  readonly cpuMs: () => number
  readonly end: () => Promise<void>
}

/** How a design is started. */
export interface Starting {
  readonly sources?: number
  readonly sealSeconds?: number
}

const NAIVE_QUEUE = 'naive-events'
/** The platform's largest batch, and a time-out as long as our own chunks wait. */
const NAIVE_CONSUMER = { maxBatchSize: 100, maxBatchTimeout: 5 }

/** Starts a design as wrangler.toml describes the product, or the naive one beside the same bucket. */
export async function startDesign(
  name: DesignName,
  { sources = 1, sealSeconds }: Starting = {},
): Promise<RunningDesign> {
  const folder = mkdtempSync(join(tmpdir(), `millrace-speed-${name}-`))
  const contents = await bundleDesign(name, sources)
  const { options } = readDeployment()
  const naive = {
    ...options,
    durableObjects: {},
    ratelimits: {},
    queueProducers: { EVENTS: NAIVE_QUEUE },
    queueConsumers: { [NAIVE_QUEUE]: NAIVE_CONSUMER },
  }
  const seal = sealSeconds === undefined ? {} : { SEAL_SECONDS: sealSeconds }
  const ours = { ...options, bindings: { ...options.bindings, ...seal } }
  const [miniflare, pid] = await findStarted(async () => {
    const started = new Miniflare(
      convertV4MiniflareOptions({
        ...(name === 'naive' ? naive : ours),
        modules: [{ type: 'ESModule', path: 'index.js', contents }],
        unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
        resourcePersistencePath: folder,
        cf: false,
      }),
    )
    await started.ready
    return started
  })
  const url = (await miniflare.unsafeGetDirectURL()).origin
  return {
    name,
    url,
    puts: putsOf(url),
    ringMinute: async () => {
      await fetch(`${url}/minute`)
    },
    readArchive: () => readArchive(url),
    cpuMs: () => readCpuMs(pid),
    end: async () => {
      await miniflare.dispose()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Asks only for what came since it asked last. */
function putsOf(url: string): () => Promise<readonly Put[]> {
  const known: Put[] = []
  return async () => {
    const response = await fetch(`${url}/puts?from=${known.length}`)
    if (!response.ok) throw new Error(`puts: ${response.status} ${await response.text()}`)
    known.push(...((await response.json()) as Put[])) // of observed-worker.ts
    return known
  }
}

async function* readArchive(url: string): AsyncGenerator<string> {
  for (let from = ''; ; ) {
    const listed = await fetch(`${url}/objects?from=${encodeURIComponent(from)}`)
    const keys = (await listed.json()) as string[] // of observed-worker.ts
    for (const key of keys) {
      const object = await fetch(`${url}/object?from=${encodeURIComponent(key)}`)
      if (!object.ok) throw new Error(`${key}: ${object.status}`)
      yield gunzipSync(await object.arrayBuffer()).toString('latin1')
    }
    const last = keys.at(-1)
    if (last === undefined) return
    from = last
  }
}
