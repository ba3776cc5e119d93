import * as v from 'valibot'
import { DEFAULT_POLICY, type IdentityPolicy } from './policy.ts'

/** What parsing a policy says; `field` is a path as `types.0.limit`, empty for all of it. */
export type ParsedPolicy =
  | { readonly state: 'valid'; readonly policy: IdentityPolicy }
  | { readonly state: 'invalid'; readonly field: string; readonly message: string }

/** Ids of a profile, contract 7.2: no limit can be above. */
const MAX_LIMIT = 1_000
const MAX_PRIORITY = 100
/** The eleven defaults, the three of integrations, group_id left out, and ten of one's own. */
const MAX_TYPES = 24
const MAX_CUSTOM_IDS = 10
const MAX_BLOCKED_PATTERNS = 20
const MAX_BLOCKED_VALUES = 200
const MAX_VALUE_CHARACTERS = 200
const MAX_PATTERN_CHARACTERS = 100
const MAX_REPEATS = 2
/** Each may double what is tried. */
const MAX_OPTIONALS = 8
const MAX_GROUPS = 3
/**
 * Longer values are matched by no pattern: two repeats that nobody anchored look at each value at most
 * 128³ / 6 times, which is a millisecond.
 */
export const MAX_MATCHED_CHARACTERS = 128

// Groups that repeat, references and look-around are what makes matching take exponential time.
const ESCAPED_OR_CLASS = /\\[^\dk]|\[(?:[^\]\\]|\\.)*\]/g
const COSTLY = /\)[*+?{]|\(\?[^:]|\\[\dk]/
const REPEAT = /[*+]|\{\d+,?\d*\}/g
/** Not what makes a repeat lazy, nor the start of a group that is not captured. */
const OPTIONAL = /(?<![*+?}(])\?/g
const GROUP = /\(/g

const type = v.pipe(
  v.string('must be a text'),
  v.regex(/^[a-z0-9][a-z0-9_.]{0,62}$/, 'must be lower-case letters, digits, dots and underscores'),
  v.check((name) => name !== 'group_id', 'group_id never joins people'),
)
const whole = (name: string, max: number) =>
  v.pipe(
    v.number(`must be a number`),
    v.integer(`must be a whole number`),
    v.minValue(1, `${name} must be at least 1`),
    v.maxValue(max, `${name} must be at most ${max.toLocaleString('en')}`),
  )
const listOf = <T extends v.GenericSchema>(item: T, max: number) =>
  v.pipe(v.array(item, 'must be a list'), v.maxLength(max, `must have at most ${max} entries`))

const TypePolicy = v.pipe(
  v.strictObject({
    type,
    limit: whole('limit', MAX_LIMIT),
    priority: whole('priority', MAX_PRIORITY),
  }),
  v.forward(
    v.check(
      (each) => each.type !== 'user_id' || each.limit === 1,
      'user_id has the limit 1 always: accounts are joined by an alias or by hand',
    ),
    ['limit'],
  ),
)
const pattern = v.pipe(
  v.string('must be a text'),
  v.minLength(1, 'must not be empty'),
  v.maxLength(MAX_PATTERN_CHARACTERS, `must have at most ${MAX_PATTERN_CHARACTERS} characters`),
  v.check(compiles, 'is no regular expression'),
  v.check(
    (text) => !COSTLY.test(plain(text)),
    'must not repeat groups, refer to groups or look around: matching could take for ever',
  ),
  v.check((text) => count(text, REPEAT) <= MAX_REPEATS, `must have at most ${MAX_REPEATS} repeats`),
  v.check(
    (text) => count(text, OPTIONAL) <= MAX_OPTIONALS && count(text, GROUP) <= MAX_GROUPS,
    `must have at most ${MAX_OPTIONALS} optional signs and ${MAX_GROUPS} groups`,
  ),
)
const Policy = v.strictObject({
  types: v.pipe(
    v.optional(listOf(TypePolicy, MAX_TYPES), []),
    v.check(
      (types) => new Set(types.map((each) => each.type)).size === types.length,
      'must name each type once',
    ),
  ),
  customIds: v.optional(
    listOf(
      v.strictObject({
        type,
        field: v.pipe(
          v.string('must be a text'),
          v.minLength(1, 'must not be empty'),
          v.maxLength(MAX_VALUE_CHARACTERS, `must have at most ${MAX_VALUE_CHARACTERS} characters`),
        ),
      }),
      MAX_CUSTOM_IDS,
    ),
    [],
  ),
  blockedPatterns: v.optional(listOf(pattern, MAX_BLOCKED_PATTERNS), []),
  blockedValues: v.optional(
    listOf(
      v.pipe(
        v.string('must be a text'),
        v.maxLength(MAX_VALUE_CHARACTERS, `must have at most ${MAX_VALUE_CHARACTERS} characters`),
      ),
      MAX_BLOCKED_VALUES,
    ),
    [],
  ),
})

/** Reads a policy from outside; what it leaves out is as by default. */
export function parsePolicy(input: unknown): ParsedPolicy {
  const parsed = v.safeParse(Policy, input, { abortPipeEarly: true })
  if (parsed.success) return { state: 'valid', policy: { ...DEFAULT_POLICY, ...parsed.output } }
  const [issue] = parsed.issues
  const field = v.getDotPath(issue) ?? ''
  const message =
    issue.type === 'strict_object' && issue.expected === 'never' ? 'is unknown' : issue.message
  return { state: 'invalid', field, message }
}

const count = (text: string, sign: RegExp): number => (plain(text).match(sign) ?? []).length

const plain = (text: string): string => text.replace(ESCAPED_OR_CLASS, 'x')

function compiles(text: string): boolean {
  try {
    new RegExp(text)
    return true
  } catch {
    return false
  }
}
