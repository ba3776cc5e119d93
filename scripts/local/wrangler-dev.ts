import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'

const READY_POLL_MS = 100

/** Where a local run listens and keeps its state. */
export interface LocalRun {
  readonly port: number
  readonly stateDir: string
  readonly sinkUrl: string
  /** Further variables, `NAME:value`. */
  readonly variables: readonly string[]
}

/** No account, no network at start, no banner, no second database beside ours. */
const QUIET = {
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  CLOUDFLARE_LOAD_DEV_VARS_FROM_DOT_ENV: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_LOG: 'error',
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_SEND_METRICS: 'false',
  X_LOCAL_EXPLORER: 'false',
  X_LOCAL_OBSERVABILITY: 'false',
}

/** Starts the Worker in workerd; its output is piped. */
export function startWrangler(run: LocalRun): ChildProcess {
  const wrangler = createRequire(import.meta.url).resolve('wrangler')
  const variables = ['LOCAL:true', `DEMO_SINK:${run.sinkUrl}`, ...run.variables]
  const args = [
    '--no-warnings',
    wrangler,
    'dev',
    '--ip=127.0.0.1',
    `--port=${run.port}`,
    `--persist-to=${run.stateDir}`,
    '--show-interactive-dev-session=false',
    ...variables.flatMap((variable) => ['--var', variable]),
  ]
  return spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...QUIET },
  })
}

/** Waits until the Worker answers; false if its process ends or the time is over. */
export async function waitUntilReady(url: string, child: ChildProcess, limitMs: number) {
  const deadline = Date.now() + limitMs
  while (child.exitCode === null && Date.now() < deadline) {
    const answer = await fetch(url).catch(() => null)
    if (answer?.ok) return true
    await sleep(READY_POLL_MS)
  }
  return false
}
