import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const require = createRequire(import.meta.url)
const workerd = join(dirname(require.resolve('workerd/package.json')), 'bin/workerd')
const POLL_MS = 2
const MAX_CONFIG_BYTES = 100_000_000
const MB = 1_000

/** One start of workerd; null where the system does not tell. */
export interface Start {
  /** From the start of the process to the first answer. */
  readonly firstMs: number
  /** A second request, which loads no module either. */
  readonly secondMs: number
  readonly memoryMb: number | null
}

/** Makes of a configuration in text what workerd reads without parsing; gives its path. */
export function compileConfig(path: string): string {
  const binary = execFileSync(workerd, ['compile', '--config-only', path], {
    maxBuffer: MAX_CONFIG_BYTES,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  writeFileSync(`${path}.bin`, binary)
  return `${path}.bin`
}

/** Starts workerd with a compiled configuration and stops it after two requests. */
export async function startOnce(config: string): Promise<Start> {
  const port = await freePort()
  const begunAt = performance.now()
  const child = spawn(
    workerd,
    ['serve', '--binary', config, `--socket-addr=http=127.0.0.1:${port}`],
    {
      stdio: 'ignore',
    },
  )
  try {
    await waitUntilReady(child, port)
    const firstAt = performance.now()
    await request(port)
    const secondMs = performance.now() - firstAt
    return { firstMs: firstAt - begunAt, secondMs, memoryMb: readMemory(child.pid) }
  } finally {
    const exited = child.exitCode === null ? once(child, 'exit') : null
    child.kill('SIGKILL')
    await exited
  }
}

async function waitUntilReady(child: ChildProcess, port: number): Promise<void> {
  while (child.exitCode === null) {
    const answer = await request(port).catch(() => null)
    if (answer !== null) return
    await sleep(POLL_MS)
  }
  throw new Error(`workerd ended with ${child.exitCode}`)
}

/** Settings of no source: answered by the Worker alone. */
async function request(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/projects/none/settings`)
  if (response.status >= 500) throw new Error(`the Worker answered ${response.status}`)
  return response.text()
}

function readMemory(pid: number | undefined): number | null {
  const path = `/proc/${pid}/status`
  const kilobytes = existsSync(path)
    ? /VmRSS:\s+(\d+)/.exec(readFileSync(path, 'utf8'))?.[1]
    : undefined
  return kilobytes === undefined ? null : Number(kilobytes) / MB
}

async function freePort(): Promise<number> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}
