// `npm start`: Millrace in workerd on this machine, with a seeded source and a demo destination.
// PORT (8787) and STATE_DIR (.millrace) override where; the demo destination listens on PORT + 1.
import type { ChildProcess } from 'node:child_process'
import { join, resolve } from 'node:path'
import { startDemoSink } from './local/demo-sink.ts'
import { removeLeftovers } from './local/leftovers.ts'
import { lockState, type StateLock } from './local/lock-state.ts'
import { isFree, parsePort } from './local/port.ts'
import { descendantsOf } from './local/process-tree.ts'
import { WorkerOutput } from './local/worker-output.ts'
import { startWrangler, waitUntilReady } from './local/wrangler-dev.ts'

/** The first start also builds the catalogue. */
const READY_LIMIT_MS = 120_000
const CRON_MS = 60_000
/** wrangler replaces workerd when a source changes: the keeper must know the new one. */
const GUARD_MS = 2_000
/** An event is archived within a second; what a killed run left leased or woken is due soon. */
const LOCAL_VARIABLES = ['SEAL_SECONDS:1', 'LEASE_SECONDS:20', 'WAKE_SECONDS:10']

const root = resolve(import.meta.dirname, '..')
let isStopping = false

process.chdir(root)
await start().catch((error) => refuse(error instanceof Error ? error.message : String(error)))

async function start(): Promise<void> {
  const { INIT_CWD = root, PORT, STATE_DIR } = process.env // npm names the caller's folder
  const port = parsePort(PORT)
  const stateDir = STATE_DIR ? resolve(INIT_CWD, STATE_DIR) : join(root, '.millrace')
  const lock = await lockState(stateDir)
  for (const each of [port, port + 1]) {
    if (!(await isFree(each))) return refuse(`port ${each} is taken; set PORT to another`)
  }
  removeLeftovers(root)
  await startDemoSink(port + 1, join(stateDir, 'demo-sink.ndjson'))
  const sinkUrl = `http://127.0.0.1:${port + 1}/`
  const worker = startWrangler({ port, stateDir, sinkUrl, variables: LOCAL_VARIABLES })
  await watch(worker, lock, `http://127.0.0.1:${port}`)
}

/** Says when the Worker is ready, and ends with it, with the lock, or when told to. */
async function watch(worker: ChildProcess, lock: StateLock, url: string): Promise<void> {
  const output = new WorkerOutput(worker)
  const fail = (what: string) => {
    if (isStopping) return
    console.error(`millrace: ${what}\n${output.held}`)
    void stop(1, lock, output)
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => void stop(0, lock, output))
  }
  guardFamily(worker, lock)
  worker.on('exit', () => fail('the Worker ended by itself'))
  void lock.lost.then(() => {
    worker.kill() // the keeper, which would do it, is the one that has ended
    fail('the lock of the state folder is lost')
  })
  if (!(await waitUntilReady(url, worker, READY_LIMIT_MS))) return fail('the Worker did not start')
  output.show()
  guardFamily(worker, lock)
  await fireCron(url)
  setInterval(fireCron, CRON_MS, url)
  setInterval(guardFamily, GUARD_MS, worker, lock)
  console.log(`Millrace is ready at ${url}`)
}

/** The keeper ends these processes whatever ends this one. */
function guardFamily({ pid }: ChildProcess, lock: StateLock): void {
  if (pid !== undefined) lock.guard([pid, ...descendantsOf(pid)])
}

/** wrangler fires no cron by itself; the first wakes what an earlier run left owed. */
async function fireCron(url: string): Promise<void> {
  await fetch(`${url}/cdn-cgi/local/scheduled`, { method: 'POST' }).catch(() => {})
}

async function stop(code: number, lock: StateLock, output: WorkerOutput): Promise<void> {
  if (isStopping) return
  isStopping = true
  output.hide()
  await lock.release()
  process.exit(code)
}

function refuse(message: string): void {
  console.error(`millrace: ${message}`)
  process.exit(1)
}
