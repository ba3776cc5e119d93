import type { Meter } from './meter.ts'
import { patchMethods, patchOnce } from './patch.ts'

const reals = new WeakMap<object, object>()

/** Counts every call of every stub that a namespace of objects gives, whatever the method's name. */
export function countCalls(namespace: object, { counts }: Meter): void {
  patchOnce(namespace, (prototype) => {
    patchMethods(prototype, ['get', 'getByName'], (real, _, args) => {
      const stub = real(...args) as object // a stub
      const counted = countMembers(stub, counts)
      reals.set(counted, stub)
      return counted
    })
  })
}

/** The stub behind a counted one, for the bench's own calls. */
export function uncounted<T extends object>(stub: T): T {
  return (reals.get(stub) as T | undefined) ?? stub // the proxy's own target
}

function countMembers<T extends object>(owner: T, counts: Meter['counts']): T {
  return new Proxy(owner, {
    get(_, name) {
      const member: unknown = Reflect.get(owner, name)
      return typeof member === 'function' ? countMethod(member, owner, counts) : member
    },
  })
}

/** Not bound by `bind`, which a stub would take for a remote method. */
function countMethod(method: object, owner: object, counts: Meter['counts']): unknown {
  return new Proxy(countMembers(method, counts), {
    apply(_, __, args: unknown[]) {
      counts.doRequests += 1
      return Reflect.apply(method as () => unknown, owner, args) // callable, as seen by its caller
    },
  })
}
