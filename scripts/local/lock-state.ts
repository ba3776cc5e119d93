import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

/** The lock on a state folder. */
export interface StateLock {
  /** Ends when the lock is lost. */
  readonly lost: Promise<void>
  /** Names the processes that must be gone before the folder is free again. */
  readonly guard: (pids: readonly number[]) => void
  /** Ends the guarded processes and gives the folder back. */
  readonly release: () => Promise<void>
}

/** Locks a state folder for this process and its children; null if another run holds it. */
export async function lockState(folder: string): Promise<StateLock | null> {
  mkdirSync(folder, { recursive: true })
  const keeper = spawn(
    process.execPath,
    ['--no-warnings', join(import.meta.dirname, 'keeper.ts'), join(folder, 'lock.sqlite')],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const ended = once(keeper, 'exit').then(() => {})
  if (!(await readAnswer(keeper)).startsWith('locked')) return null
  keeper.stdin?.on('error', () => {}) // the keeper was killed: `lost` tells
  return {
    lost: ended,
    guard: (pids) => void keeper.stdin?.write(`${pids.join(' ')}\n`),
    release: async () => {
      keeper.stdin?.end()
      await ended
    },
  }
}

async function readAnswer({ stdout }: ChildProcess): Promise<string> {
  for await (const chunk of stdout ?? []) return String(chunk)
  return ''
}
