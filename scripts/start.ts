// `npm start`: Millrace in workerd on this machine, with a seeded source and a demo destination.
// PORT (8787) and STATE_DIR (.millrace) override where; the demo destination listens on PORT + 1.
import { join, resolve } from 'node:path'
import { setInterval } from 'node:timers'
import { startDemoSink } from './local/demo-sink.ts'
import { lockState, type StateLock } from './local/lock-state.ts'
import { isFree, parsePort } from './local/port.ts'
import { descendantsOf } from './local/process-tree.ts'
import { startWrangler, waitUntilReady } from './local/wrangler-dev.ts'

/** The first start also builds the catalogue. */
const READY_LIMIT_MS = 120_000
const CRON_MS = 60_000
/** An event is archived within a second; what a killed run left leased or woken is due soon. */
const LOCAL_VARIABLES = ['SEAL_SECONDS:1', 'LEASE_SECONDS:20', 'WAKE_SECONDS:10']

const root = resolve(import.meta.dirname, '..')
process.chdir(root)
await run().catch((error) => refuse(error instanceof Error ? error.message : String(error)))

async function run(): Promise<void> {
  const port = parsePort(process.env.PORT)
  const stateDir = resolve(process.env.STATE_DIR ?? '.millrace')
  const lock = await lockState(stateDir)
  if (lock === null) refuse(`another Millrace runs on the state folder ${stateDir}`)
  else await serve(port, stateDir, lock)
}

async function serve(port: number, stateDir: string, lock: StateLock): Promise<void> {
  for (const each of [port, port + 1]) {
    if (!(await isFree(each))) return refuse(`port ${each} is taken; set PORT to another`)
  }
  const stop = (code: number) => lock.release().then(() => process.exit(code))
  const url = `http://127.0.0.1:${port}`
  await startDemoSink(port + 1, join(stateDir, 'demo-sink.ndjson'))
  const sinkUrl = `http://127.0.0.1:${port + 1}/`
  const wrangler = startWrangler({ port, stateDir, sinkUrl, variables: LOCAL_VARIABLES })
  const guard = () => lock.guard(wrangler.pid ? [wrangler.pid, ...descendantsOf(wrangler.pid)] : [])
  guard()
  let isStopping = false
  const stopOnce = (code: number) => {
    if (!isStopping) void stop(code)
    isStopping = true
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stopOnce(0))

  let output = ''
  let isReady = false
  for (const stream of [wrangler.stdout, wrangler.stderr]) {
    stream?.on('data', (data) => {
      if (isReady && !isStopping) process.stderr.write(data)
      else output += data
    })
  }
  wrangler.on('exit', () => {
    if (isStopping) return
    console.error(`millrace: the Worker ended by itself\n${output}`)
    stopOnce(1)
  })
  void lock.lost.then(() => {
    if (!isStopping) refuse('the lock of the state folder is lost')
  })

  if (!(await waitUntilReady(url, wrangler, READY_LIMIT_MS))) {
    if (isStopping) return
    console.error(`millrace: the Worker did not start\n${output}`)
    return stopOnce(1)
  }
  isReady = true
  guard()
  // wrangler fires no cron by itself; the first wakes what an earlier run left owed.
  const fireCron = () => fetch(`${url}/cdn-cgi/local/scheduled`, { method: 'POST' }).catch(() => {})
  await fireCron()
  setInterval(fireCron, CRON_MS)
  console.log(`Millrace is ready at ${url}`)
}

function refuse(message: string): void {
  console.error(`millrace: ${message}`)
  process.exit(1)
}
