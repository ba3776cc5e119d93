import type { IdentityPolicy } from './policy.ts'

/** How many values of a type a profile may have unless the policy says otherwise: contract 7.2. */
export const DEFAULT_LIMIT = 5
const USER_ID_PRIORITY = 1
const EMAIL_PRIORITY = 2
/** Of all other types: among themselves they come alphabetically. */
const OTHER_PRIORITY = 3

/** What a policy says of types, defaults included. */
export interface TypeRules {
  readonly limitOf: (type: string) => number
  /** Below 0 when the first type comes before the second. */
  readonly compare: (a: string, b: string) => number
}

/** Reads the rules of a policy. A type with a priority comes before those that have it by default. */
export function typeRules({ types }: IdentityPolicy): TypeRules {
  const byType = new Map(types.map((each) => [each.type, each]))
  const priorityOf = (type: string) => byType.get(type)?.priority ?? defaultPriority(type)
  const isDefault = (type: string) => (byType.has(type) ? 0 : 1)
  const limitOf = (type: string) =>
    type === 'user_id' ? 1 : (byType.get(type)?.limit ?? DEFAULT_LIMIT)
  const compare = (a: string, b: string) => {
    if (a === b) return 0
    const byNumber = priorityOf(a) - priorityOf(b) || isDefault(a) - isDefault(b)
    return byNumber || (a < b ? -1 : 1)
  }
  return { limitOf, compare }
}

function defaultPriority(type: string): number {
  if (type === 'user_id') return USER_ID_PRIORITY
  return type === 'email' ? EMAIL_PRIORITY : OTHER_PRIORITY
}
