import type { Meter } from './meter.ts'
import { patchMethods, patchOnce } from './patch.ts'

const keys = new WeakMap<object, string>()
const keyOf = (storage: object) => keys.get(storage) ?? ''

/** Counts the rows that an object writes, and hands its alarms to the clock under its key. */
export function countStorage(storage: DurableObjectStorage, key: string, meter: Meter): void {
  keys.set(storage, key)
  patchOnce(storage, (prototype) => {
    countPairs(prototype, meter)
    driveAlarms(prototype, meter)
    patchMethods(prototype, ['transaction'], () => {
      throw new Error('bench: rows written in storage.transaction are not counted')
    })
  })
  patchOnce(storage.kv, (prototype) => countPairs(prototype, meter))
  patchOnce(storage.sql, (prototype) => countRows(prototype, meter))
}

function countRows(prototype: object, { counts }: Meter): void {
  patchMethods(prototype, ['exec'], (real, _, args) => {
    const cursor = real(...args) as SqlStorageCursor<Record<string, SqlStorageValue>>
    // A statement writes all its rows before it returns the first: the figure is final at once.
    counts.rowsWritten += cursor.rowsWritten
    return cursor
  })
}

function countPairs(prototype: object, { counts }: Meter): void {
  patchMethods(prototype, ['put', 'delete'], (real, _, args) => {
    counts.rowsWritten += pairsOf(args[0])
    return real(...args)
  })
}

/** One for a key, or as many as an array has keys or an object has fields. */
function pairsOf(keys: unknown): number {
  if (Array.isArray(keys)) return keys.length
  return typeof keys === 'object' && keys !== null ? Object.keys(keys).length : 1
}

function driveAlarms(prototype: object, { counts, clock }: Meter): void {
  patchMethods(prototype, ['setAlarm'], async (_, self, [atMs]) => {
    counts.rowsWritten += 1
    clock.alarms.set(keyOf(self), Number(atMs))
  })
  patchMethods(prototype, ['getAlarm'], async (_, self) => clock.alarms.get(keyOf(self)) ?? null)
  patchMethods(prototype, ['deleteAlarm'], async (_, self) => {
    counts.rowsWritten += 1
    clock.alarms.delete(keyOf(self))
  })
  patchMethods(prototype, ['deleteAll'], (real, self, args) => {
    counts.rowsWritten += 1
    clock.alarms.delete(keyOf(self)) // as the platform does since 2026-02-24
    return real(...args)
  })
}
