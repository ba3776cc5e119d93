import { readFileSync } from 'node:fs'
import { descendantsOf } from '../../scripts/local/process-tree.ts'

/** Linux counts processor time in hundredths of a second, whatever the machine. */
const TICK_MS = 10
/** Of the fields after the name, those of the time in the process and for it in the system. */
const USER_FIELD = 11
const SYSTEM_FIELD = 12

/** Finds the workerd that `start` starts; null where processes cannot be looked into. */
export async function findStarted<T>(start: () => Promise<T>): Promise<[T, number | null]> {
  const strangers = new Set(descendantsOf(process.pid))
  const started = await start()
  const pids = descendantsOf(process.pid).filter((pid) => !strangers.has(pid))
  return [started, pids.find(isWorkerd) ?? null]
}

/** Processor time that a process has had, in ms; NaN where that is not told. */
export function readCpuMs(pid: number | null): number {
  if (pid === null) return Number.NaN
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
  return (Number(fields[USER_FIELD]) + Number(fields[SYSTEM_FIELD])) * TICK_MS
}

function isWorkerd(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').includes('workerd')
  } catch {
    return false
  }
}
