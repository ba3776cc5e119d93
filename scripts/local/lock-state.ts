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

/** Locks a state folder for this process and its children. Throws the reason why it cannot. */
export async function lockState(folder: string): Promise<StateLock> {
  makeFolder(folder)
  const keeper = spawn(
    process.execPath,
    ['--no-warnings', join(import.meta.dirname, 'keeper.ts'), join(folder, 'lock.sqlite')],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const ended = once(keeper, 'exit').then(() => {})
  const answer = (await readAnswer(keeper)).trim()
  if (answer === 'taken') throw new Error(`another Millrace runs on the state folder ${folder}`)
  if (answer !== 'locked') throw new Error(`STATE_DIR ${folder} cannot be used: ${answer}`)
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

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    throw new Error(`STATE_DIR ${folder} cannot be made: ${error}`)
  }
}

async function readAnswer({ stdout }: ChildProcess): Promise<string> {
  for await (const chunk of stdout ?? []) return String(chunk)
  return ''
}
