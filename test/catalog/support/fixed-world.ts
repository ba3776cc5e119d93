import { seededRandom } from '../../../bench/seeded-random.ts'

const NOW_MS = Date.UTC(2026, 9, 6, 12, 0, 0, 789)
const SEED = 7

/** Stops the clock and determines what is random, in Node and in workerd alike; gives the way back. */
export function fixWorld(): () => void {
  const real = { Date: globalThis.Date, random: Math.random }
  globalThis.Date = new Proxy(real.Date, {
    construct: (target, args) => Reflect.construct(target, args.length === 0 ? [NOW_MS] : args),
    get: (target, key) => (key === 'now' ? () => NOW_MS : Reflect.get(target, key)),
  })
  Math.random = seededRandom(SEED)
  return () => {
    globalThis.Date = real.Date
    Math.random = real.random
  }
}
