import type { Random } from '../../../bench/seeded-random.ts'
import type { IdKey } from '../../../durable-objects/identity/external-id.ts'
import { DEFAULT_POLICY, type IdentityPolicy } from '../../../durable-objects/identity/policy.ts'
import type { IdSet } from '../../../durable-objects/identity/protocol.ts'

type SetId = IdSet['ids'][number]

const HOW_MANY = { user_id: 6, email: 5, anonymous_id: 14, phone: 5 } as const
type Type = keyof typeof HOW_MANY
const TYPES = ['user_id', 'email', 'anonymous_id', 'phone'] as const
const TYPE_DIGITS = { user_id: '1', email: '2', anonymous_id: '3', phone: '4' } as const
const START_MS = Date.parse('2026-11-25T12:00:00Z')

export const pick = <T>(random: Random, values: readonly T[]): T => {
  const value = values[Math.floor(random() * values.length)]
  if (value === undefined) throw new Error('nothing to pick from')
  return value
}

const keyOf = (type: Type, n: number): IdKey => `${TYPE_DIGITS[type]}${String(n).padStart(31, '0')}`

function randomId(random: Random): SetId {
  const type = pick(random, TYPES)
  return { type, key: keyOf(type, Math.floor(random() * HOW_MANY[type])) }
}

/** An event of a few ids that others have too; every ninth an alias. */
export function randomSet(random: Random, n: number): IdSet {
  const ids = new Map<IdKey, SetId>()
  const size = pick(random, [0, 1, 1, 2, 2, 2, 3, 3, 4, 8])
  for (let at = 0; at < size; at += 1) {
    const id = randomId(random)
    ids.set(id.key, id)
  }
  const isAlias = random() < 0.11
  const user: SetId = { type: 'user_id', key: keyOf('user_id', Math.floor(random() * 6)) }
  if (isAlias) ids.set(user.key, user)
  const at = Math.floor(random() * 6)
  const previous = { anonymous: keyOf('anonymous_id', at), user: keyOf('user_id', at) }
  return {
    ids: [...ids.values()],
    isMemorable: random() < 0.5,
    isPublic: random() < 0.6,
    previous: isAlias ? previous : null,
    source: pick(random, ['web', 'server']),
    messageId: `m${n}`,
    atMs: START_MS + n,
  }
}

export function randomPolicy(random: Random): IdentityPolicy {
  const types = [
    { type: 'anonymous_id', limit: pick(random, [1, 2, 5]), priority: pick(random, [3, 4]) },
    { type: 'email', limit: pick(random, [1, 3]), priority: 2 },
  ]
  return { ...DEFAULT_POLICY, types: types.filter(() => random() < 0.7) }
}
