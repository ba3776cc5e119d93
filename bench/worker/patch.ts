type Method = (...args: unknown[]) => unknown

/** What stands in for a method: the real one bound to its object, that object, and the arguments. */
export type Around = (real: Method, self: object, args: unknown[]) => unknown

/** Wraps methods of a prototype. */
export function patchMethods(prototype: object, names: readonly string[], around: Around): void {
  for (const name of names) {
    const real = Reflect.get(prototype, name) as Method // a platform method
    Object.defineProperty(prototype, name, {
      configurable: true,
      value(this: object, ...args: unknown[]) {
        return around(real.bind(this), this, args)
      },
    })
  }
}

const patched = new WeakSet<object>()

/** Hands the prototype of a platform object to `work` unless it was patched before. */
export function patchOnce(object: object, work: (prototype: object) => void): void {
  const prototype = Object.getPrototypeOf(object)
  if (patched.has(prototype)) return
  patched.add(prototype)
  work(prototype)
}
