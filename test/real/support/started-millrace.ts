import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive } from '../../../scripts/local/process-tree.ts'

const ROOT = resolve(import.meta.dirname, '../../..')

/** Where a run listens and keeps its state. */
export interface Place {
  readonly port: number
  readonly stateDir: string
}

/** `npm start` in a process group of its own. */
export interface StartedMillrace {
  readonly url: string
  readonly sinkUrl: string
  readonly process: ChildProcess
  /** Everything it has printed so far. */
  readonly output: () => string
  /** Sends a signal to the whole group, as a terminal or a test does, and waits for its end. */
  readonly end: (signal: NodeJS.Signals) => Promise<number | null>
}

/** A new state folder, and a port whose upper neighbour is free too. */
export async function newPlace(): Promise<Place> {
  return { port: await freePort(), stateDir: mkdtempSync(join(tmpdir(), 'millrace-')) }
}

/** Runs `npm start` and waits until it says that it is ready, or has ended. */
export async function startMillrace(
  { port, stateDir }: Place,
  [command, ...args]: readonly [string, ...string[]] = ['npm', 'start'],
): Promise<StartedMillrace> {
  const child = spawn(command, args, {
    cwd: ROOT,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PORT: String(port), STATE_DIR: stateDir },
  })
  const exited = once(child, 'exit')
  let output = ''
  const ready = new Promise<void>((resolveReady) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => {
        output += data
        if (output.includes('Millrace is ready')) resolveReady()
      })
    }
  })
  await Promise.race([ready, exited])
  return {
    url: `http://127.0.0.1:${port}`,
    sinkUrl: `http://127.0.0.1:${port + 1}/`,
    process: child,
    output: () => output,
    end: async (signal) => {
      const isRunning = child.exitCode === null && child.signalCode === null
      if (isRunning && child.pid !== undefined) process.kill(-child.pid, signal)
      await exited
      // npm's shell may end before what it started has: the next start must not meet the rest.
      for (let tries = 0; isGroupAlive(child.pid) && tries < 200; tries += 1) await sleep(50)
      return child.exitCode
    },
  }
}

function isGroupAlive(pid: number | undefined): boolean {
  return pid !== undefined && isAlive(-pid)
}

async function freePort(): Promise<number> {
  for (;;) {
    const [port, next] = [createServer(), createServer()]
    try {
      const number = await listen(port, 0)
      await listen(next, number + 1)
      return number
    } catch {
      // The upper neighbour is taken: another pair.
    } finally {
      port.close()
      next.close()
    }
  }
}

async function listen(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}
