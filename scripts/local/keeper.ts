// Holds the lock of a state folder and outlives the start script by the moments it takes to end what
// that left behind. A killed wrangler leaves workerd serving; two of them on one folder would write
// the same SQLite files. Its standard input is a pipe from the start script: lines of process ids.

import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive, signal } from './process-tree.ts'

const SQLITE_BUSY = 5
const POLL_MS = 50
const GRACE_MS = 5_000

const [lockFile = ''] = process.argv.slice(2)
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => {})

try {
  // The kernel gives this lock back whatever ends the process.
  const lock = new DatabaseSync(lockFile, { timeout: 0 })
  lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  process.stdout.write('locked\n')
} catch (error) {
  const isTaken = (error as { errcode?: number }).errcode === SQLITE_BUSY // an error of SQLite
  process.stdout.write(isTaken ? 'taken\n' : `${error}\n`)
  process.exit(1)
}

let pids: number[] = []
for await (const line of createInterface({ input: process.stdin }))
  pids = line.split(' ').map(Number)
// The pipe is closed: the start script has ended, in whatever way.
for (const pid of pids) signal(pid, 'SIGTERM')
const deadline = Date.now() + GRACE_MS
while (pids.some(isAlive) && Date.now() < deadline) await sleep(POLL_MS)
for (const pid of pids) signal(pid, 'SIGKILL')
process.exit(0)
