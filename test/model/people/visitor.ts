import type { IdKey, ProfileName } from '../../../durable-objects/identity/external-id.ts'
import type { IdSet } from '../../../durable-objects/identity/protocol.ts'
import type { World } from '../world.ts'

/** Names of ids; the first letter is the type: user, email, anonymous. */
export const NAMES = ['u1', 'u2', 'e1', 'a1', 'a2', 'a3'] as const
export type IdName = (typeof NAMES)[number]
export const TRAITS = ['plan', 'city'] as const

const TYPES: Readonly<Record<string, string>> = { u: 'user_id', e: 'email', a: 'anonymous_id' }
const HOUR_MS = 3_600_000

/** An event: who it is of, and what it writes. */
export interface PeopleEvent {
  readonly set: IdSet
  /** The id of the highest priority, to which what is written belongs. */
  readonly by: IdKey
  readonly traits: { readonly [name: string]: string | null }
}

/** Where an id belongs as a consumer remembers it. */
export interface Remembered {
  readonly profile: ProfileName
  readonly link: number
  readonly untilMs: number
}

/** The key of a name: 32 hex digits. */
export const keyOf = (name: string): IdKey => Buffer.from(name).toString('hex').padEnd(32, '0')

/** What a new event may be. */
export interface NewEvent {
  readonly n: number
  readonly names?: readonly IdName[] | undefined
  /** What was hidden before, by id and trait: a value said again moves its stamp in 30 days only. */
  readonly hidden: Set<string>
}

/** A new event of some ids; its values are written over no id by another. */
export function newEvent(world: World, { n, names: given, hidden }: NewEvent): PeopleEvent {
  const { between, chance, pick } = world
  const names = new Set(given ?? Array.from({ length: between(1, 3) }, () => pick(NAMES)))
  const ids = NAMES.filter((name) => names.has(name)).map((name) => ({
    type: TYPES[name.charAt(0)] ?? '',
    key: keyOf(name),
  }))
  const by = ids[0]?.key ?? ''
  const traits = Object.fromEntries(
    TRAITS.filter(() => chance(0.5)).map((name) => {
      const isHidden = chance(0.1) && !hidden.has(`${by} ${name}`)
      if (isHidden) hidden.add(`${by} ${name}`)
      return [name, isHidden ? null : `value ${n}`]
    }),
  )
  const set: IdSet = {
    ids,
    isMemorable: Object.keys(traits).length > 0,
    isPublic: true,
    previous: null,
    source: 'shop',
    messageId: `m${n}`,
    atMs: world.nowMs - (chance(0.3) ? between(0, HOUR_MS) : 0),
  }
  return { set, by, traits }
}
