import { countBucket } from './count-bucket.ts'
import { countCalls } from './count-calls.ts'
import { holdMessages } from './hold-messages.ts'
import type { Meter } from './meter.ts'
import { patchMethods, patchOnce } from './patch.ts'

type Counter = (binding: object, meter: Meter, name: string) => void

/** By the name of a binding's class in workerd. */
const COUNTERS: { readonly [className: string]: Counter } = {
  DurableObjectNamespace: countCalls,
  R2Bucket: countBucket,
  WorkerQueue: holdMessages,
}

/** Puts a counter on every binding of `env`; throws on one that it cannot count, with its name. */
export function countBindings(env: object, meter: Meter): void {
  for (const [name, binding] of Object.entries(env)) {
    if (isVariable(binding)) continue
    const counter = isRateLimit(binding) ? neverLimit : COUNTERS[binding.constructor.name]
    if (counter === undefined) {
      throw new Error(`bench: the binding ${name} (${binding.constructor.name}) has no counter`)
    }
    counter(binding, meter, name)
  }
}

/** Texts, numbers and JSON. */
function isVariable(binding: unknown): boolean {
  if (binding === null || !['object', 'function'].includes(typeof binding)) return true
  if (typeof binding === 'function') return false
  const prototype = Object.getPrototypeOf(binding)
  if (prototype !== Object.prototype && prototype !== Array.prototype) return false
  return Object.values(binding as object).every(isVariable)
}

/** Free of charge, and known by its only method. */
export function isRateLimit(binding: object): boolean {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(binding))
  return names.filter((name) => name !== 'constructor').join() === 'limit'
}

/** Limits run by the machine's time, the workload by the bench's. */
export const neverLimit = (binding: object): void =>
  patchOnce(binding, (prototype) =>
    patchMethods(prototype, ['limit'], async () => ({ success: true })),
  )
