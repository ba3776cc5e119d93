import type { Random } from '../../../bench/seeded-random.ts'

/** One of the choices, each as likely. */
export function pick<T>(random: Random, choices: readonly [T, ...T[]]): T {
  return choices[Math.floor(random() * choices.length)] ?? choices[0]
}
