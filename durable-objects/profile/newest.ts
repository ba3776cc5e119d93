import type { Stamped } from './news.ts'
import type { IdData, KnownId, Written } from './profile-state.ts'

/** Orders what was written by time, then by message, source and content: the same in every order of arrival. */
export function compareWritten(a: Written<unknown>, b: Written<unknown>): number {
  return compareStamps(a, b) || compareTexts(textOf(a.value), textOf(b.value))
}

/** Orders stamps by time, then by message and source. */
export function compareStamps(a: Stamped, b: Stamped): number {
  return (
    a.atMs - b.atMs || compareTexts(a.messageId, b.messageId) || compareTexts(a.source, b.source)
  )
}

/** Whether two values are the same. */
export const isSame = (a: unknown, b: unknown): boolean => textOf(a) === textOf(b)

/** What two profiles know of one id: of each trait and consent the newest, of each group the first. */
export function joinData(a: IdData, b: IdData): IdData {
  return {
    known: firstOf<KnownId>(a.known, b.known),
    traits: joinMaps(a.traits, b.traits, newerOf),
    groups: joinMaps(a.groups, b.groups, earlierOf),
    consent: joinMaps(a.consent, b.consent, newerOf),
  }
}

/** The earlier of two, of which one may be missing. */
export function firstOf<Seen extends Stamped>(a: Seen | null, b: Seen | null): Seen | null {
  if (a === null || b === null) return a ?? b
  return earlierOf(a, b)
}

const earlierOf = <Seen extends Stamped>(a: Seen, b: Seen): Seen =>
  compareStamps(b, a) < 0 ? b : a

const newerOf = <Value>(a: Written<Value>, b: Written<Value>): Written<Value> =>
  compareWritten(b, a) > 0 ? b : a

/** The first map itself if the second changes nothing. */
function joinMaps<Value>(
  a: ReadonlyMap<string, Value>,
  b: ReadonlyMap<string, Value>,
  choose: (one: Value, other: Value) => Value,
): ReadonlyMap<string, Value> {
  const changes = [...b].flatMap(([name, other]): [string, Value][] => {
    const one = a.get(name)
    const chosen = one === undefined ? other : choose(one, other)
    return chosen === one ? [] : [[name, chosen]]
  })
  return changes.length === 0 ? a : new Map([...a, ...changes])
}

const textOf = (value: unknown) => JSON.stringify(value)

function compareTexts(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
