const SHOWN = 5

/** What was sent, and how often each message id was seen afterwards. */
export interface Evidence {
  readonly acknowledged: ReadonlySet<string>
  /** Sent, never answered with 200. */
  readonly givenUp: ReadonlySet<string>
  readonly archived: ReadonlyMap<string, number>
  readonly delivered: ReadonlyMap<string, number>
}

/** A line for each promise that was broken, with the first ids that show it. */
export function findFaults({ acknowledged, givenUp, archived, delivered }: Evidence): string[] {
  const sent = acknowledged.union(givenUp)
  const twice = [...archived].filter(([, times]) => times > 1).map(([id]) => id)
  const idsWithout = (ids: Iterable<string>, place: { has: (id: string) => boolean }) =>
    [...ids].filter((id) => !place.has(id))
  const faults: [string, string[]][] = [
    ['acknowledged, but not in the archive', idsWithout(acknowledged, archived)],
    ['in the archive more than once', twice],
    ['in the archive, but not delivered', idsWithout(archived.keys(), delivered)],
    ['delivered, but not in the archive', idsWithout(delivered.keys(), archived)],
    ['in the archive, but never sent', idsWithout(archived.keys(), sent)],
  ]
  return faults
    .filter(([, ids]) => ids.length > 0)
    .map(([what, ids]) => `${ids.length} events ${what}: ${ids.slice(0, SHOWN).join(', ')}`)
}
