import type { Counts } from './counts.ts'

/** Counts per million events, by events per request. */
export type Rule = { readonly [shape: string]: { readonly [name in keyof Counts]?: number } }

const MAX_RISE = 0.05
/** What costs money; the rest must be exact. */
const BILLED = ['requests', 'queueOps', 'r2A', 'r2B', 'doRequests', 'rowsWritten'] as const
const EXACT = ['archived', 'delivered'] as const

/** Counts for a million events, rounded. */
export function perMillion(counts: Counts): Rule[string] {
  const names = [...BILLED, ...EXACT]
  return Object.fromEntries(
    names.map((name) => [name, Math.round((counts[name] / counts.events) * 1e6)]),
  )
}

/** What has risen by more than 5%, and what was lost or doubled on the way, one line each. */
export function compareCounts(rule: Rule, found: Rule): string[] {
  return Object.entries(found).flatMap(([shape, counts]) => {
    const expected = rule[shape] ?? {}
    const dearer = BILLED.filter(
      (name) => (counts[name] ?? 0) > (expected[name] ?? 0) * (1 + MAX_RISE),
    )
    const wrong = EXACT.filter((name) => counts[name] !== expected[name])
    return [...dearer, ...wrong].map(
      (name) =>
        `${name} at ${shape} events per request: ${counts[name]} per million events, was ${expected[name]}`,
    )
  })
}
