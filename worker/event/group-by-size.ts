/** Cuts a list into runs, in order, whose sizes add up to at most `maxBytes`; a larger item stays alone. */
export function groupBySize<T>(
  items: readonly T[],
  maxBytes: number,
  bytesOf: (item: T) => number,
): T[][] {
  const groups: T[][] = []
  let size = maxBytes
  for (const item of items) {
    const bytes = bytesOf(item)
    if (size + bytes > maxBytes) {
      groups.push([])
      size = 0
    }
    groups.at(-1)?.push(item)
    size += bytes
  }
  return groups
}
