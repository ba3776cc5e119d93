import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { unstable_readConfig } from 'wrangler'
import { bundleWorker } from '../../../bench/bundle-worker.ts'
import { readDeployment } from '../../../bench/read-deployment.ts'
import { descendantsOf } from '../../../scripts/local/process-tree.ts'
import { openHeap } from './read-heap.ts'
import { LOCAL_ADMIN_TOKEN } from './soak-workspace.ts'

const ROOT = join(import.meta.dirname, '../../..')
/** What a source may send: flood control is not what is soaked. */
const UNLIMITED = { limit: 1_000_000_000, period: 10 } as const

/** The Worker in workerd, reached over its own socket: `wrangler dev` would be slower than it. */
export interface RunningWorker {
  readonly url: string
  /** Everything that the runtime and the Worker have printed. */
  readonly output: readonly string[]
  readonly residentMb: () => number
  readonly heapMb: () => Promise<number>
  readonly end: () => Promise<void>
}

/** What wrangler reads out of wrangler.toml, as far as it is changed here. */
interface ReadConfig {
  readonly ratelimits: readonly { readonly name: string; readonly namespace_id: string }[]
}

/** Starts the Worker as wrangler.toml describes it, with its state in a new folder. */
export async function startWorker(): Promise<RunningWorker> {
  const { options } = readDeployment()
  const config: ReadConfig = unstable_readConfig({ config: join(ROOT, 'wrangler.toml') })
  const ratelimits = config.ratelimits.map(({ name, namespace_id }) => [
    name,
    { namespace_id, simple: UNLIMITED },
  ])
  const folder = mkdtempSync(join(tmpdir(), 'millrace-soak-'))
  const output: string[] = []
  const strangers = new Set(descendantsOf(process.pid))
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      ...options,
      bindings: { ...options.bindings, SEAL_SECONDS: 1, ADMIN_TOKEN: LOCAL_ADMIN_TOKEN },
      ratelimits: Object.fromEntries(ratelimits),
      modules: [{ type: 'ESModule', path: 'index.js', contents: await bundle() }],
      unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
      handleStructuredLogs: ({ message }) => output.push(message),
      resourcePersistencePath: folder,
      inspectorPort: 0,
      cf: false,
    }),
  )
  const url = (await miniflare.unsafeGetDirectURL()).origin
  const heapMb = await openHeap(await miniflare.getInspectorURL())
  const pids = descendantsOf(process.pid).filter((pid) => !strangers.has(pid))
  const pid = pids.find((each) => readFileSync(`/proc/${each}/comm`, 'utf8').includes('workerd'))
  if (pid === undefined) throw new Error('workerd is not among the processes that were started')
  return {
    url,
    output,
    residentMb: () => readResidentMb(pid),
    heapMb,
    end: async () => {
      await miniflare.dispose()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const bundle = () =>
  bundleWorker({
    contents: "export * from './worker/index.ts'; export { default } from './worker/index.ts'",
    workspace: 'test/real/soak/soak-workspace.ts',
  })

/** What of a process lies in memory, as Linux tells. */
function readResidentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_000
}
