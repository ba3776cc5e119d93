import type { Counts } from './counts.ts'

/** Counts per million events, by events per request. */
export type Rule = { readonly [shape: string]: { readonly [name in keyof Counts]?: number } }

const MAX_CHANGE = 0.05
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

/**
 * What has risen or fallen by more than 5%, what was lost or doubled on the way, and what only one side
 * has, one line each.
 */
export function compareCounts(rule: Rule, found: Rule): string[] {
  const shapes = new Set([...Object.keys(rule), ...Object.keys(found)])
  return [...shapes].flatMap((shape) =>
    [...BILLED, ...EXACT].flatMap((name) => {
      const [was, is] = [rule[shape]?.[name], found[shape]?.[name]]
      const fault = judge({ was, is, maxChange: isBilled(name) ? MAX_CHANGE : 0 })
      if (fault === null) return []
      return `${name} at ${shape} events per request: ${is} per million events, was ${was}${fault}`
    }),
  )
}

const IF_MEANT = ': run `npm run bench:gate -- --write` if it is meant'

/** Null if a count may stay; else what to add to its message. */
function judge({ was, is, maxChange }: Comparison): string | null {
  if (was === undefined || is === undefined) return IF_MEANT
  if (is > was * (1 + maxChange)) return ''
  if (is < was * (1 - maxChange)) return maxChange === 0 ? '' : IF_MEANT
  return null
}

interface Comparison {
  readonly was: number | undefined
  readonly is: number | undefined
  readonly maxChange: number
}

const isBilled = (name: string): boolean => BILLED.some((billed) => billed === name)
