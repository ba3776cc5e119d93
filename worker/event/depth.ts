/** Deepest nesting of an event: no honest one comes near, and a few thousand levels end a stack. */
export const MAX_EVENT_DEPTH = 256

/** Whether a value of JSON nests deeper than a number of levels; a text or number has none. */
export function exceedsDepth(value: unknown, maxDepth = MAX_EVENT_DEPTH): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (maxDepth === 0) return true
  return Object.values(value).some((child) => exceedsDepth(child, maxDepth - 1))
}
