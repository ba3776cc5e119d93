import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** The process ids of all descendants of a process, as far as the system tells. */
export function descendantsOf(root: number): number[] {
  const parents = process.platform === 'linux' ? readProc() : readPs()
  const found: number[] = []
  const waiting = [root]
  for (let parent = waiting.pop(); parent !== undefined; parent = waiting.pop()) {
    const children = [...parents].filter(([, each]) => each === parent).map(([pid]) => pid)
    found.push(...children)
    waiting.push(...children)
  }
  return found
}

/** Whether a process is there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Sends a signal to a process that may be gone already. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It is gone: what was wanted.
  }
}

function readProc(): Map<number, number> {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger)
  return new Map(pids.map((pid) => [pid, readParent(pid)]))
}

function readParent(pid: number): number {
  try {
    // `pid (name) state ppid …`; a name may hold spaces and brackets.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)
    return Number(fields?.split(' ')[1])
  } catch {
    return 0 // ended between the listing and the reading
  }
}

function readPs(): Map<number, number> {
  if (process.platform === 'win32') return new Map()
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
  return new Map(
    rows.map((row) => {
      const [pid, parent] = row.trim().split(/\s+/).map(Number)
      return [pid ?? 0, parent ?? 0]
    }),
  )
}
