/** Whose ids these are: a person's, or an account's (a group). */
export type Collection = 'users' | 'accounts'

/** An id as an event names it: `value` as sent. */
export interface ExternalId {
  readonly type: string
  readonly value: string
}

/** What stands for an id everywhere but in a profile: 16 bytes of an HMAC, as 32 hex digits. */
export type IdKey = string

/** An id with its key. */
export interface KeyedId extends ExternalId {
  readonly key: IdKey
}

/** `use_` (people) or `acc_` (accounts), then the key of the founding id in base 62, 22 digits. */
export type ProfileName = string

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const NAME_DIGITS = 22
const BASE = 62
// Parts of 32 bits and groups of 3 digits: a rest and a part together are below 2⁵³.
const PART_DIGITS = 8
const PART_VALUES = 2 ** 32
const GROUP_VALUES = BASE ** 3
const GROUPS = 8
const PREFIXES = { users: 'use_', accounts: 'acc_' } as const
const NAME = /^(use|acc)_[0-9A-Za-z]{22}$/

/** What a key is made from: the value as sent, of an email address trimmed and lower-cased. */
export function keyText(collection: Collection, { type, value }: ExternalId): string {
  const text = type === 'email' ? value.trim().toLowerCase() : value
  // UTF-8 has one sign for all halves of a character: only their escapes tell them apart.
  return [collection, type, text.isWellFormed() ? text : JSON.stringify(text)].join('\0')
}

/** The name of the profile that an id founds. */
export function nameProfile(key: IdKey, collection: Collection = 'users'): ProfileName {
  // A call names a thousand profiles: by parts it takes a tenth of what one large number takes.
  const parts: number[] = []
  for (let at = 0; at < key.length; at += PART_DIGITS) {
    parts.push(Number.parseInt(key.slice(at, at + PART_DIGITS), 16))
  }
  let digits = ''
  for (let group = 0; group < GROUPS; group += 1) digits = groupOf(divide(parts)) + digits
  return PREFIXES[collection] + digits.slice(-NAME_DIGITS)
}

/** Divides a number in place by what a group of digits can say, and answers the rest. */
function divide(parts: number[]): number {
  let rest = 0
  for (let at = 0; at < parts.length; at += 1) {
    const value = rest * PART_VALUES + (parts[at] ?? 0)
    const quotient = Math.floor(value / GROUP_VALUES)
    parts[at] = quotient
    rest = value - quotient * GROUP_VALUES
  }
  return rest
}

/** The three digits of a rest. */
function groupOf(rest: number): string {
  const tens = Math.floor(rest / BASE)
  return (
    DIGITS.charAt(Math.floor(tens / BASE)) + DIGITS.charAt(tens % BASE) + DIGITS.charAt(rest % BASE)
  )
}

/** The key of the id that founded a profile; null if it is no profile's name. */
export function readProfileName(name: string): { collection: Collection; key: IdKey } | null {
  if (!NAME.test(name)) return null
  const value = [...name.slice(4)].reduce(
    (sum, digit) => sum * 62n + BigInt(DIGITS.indexOf(digit)),
    0n,
  )
  if (value >= 1n << 128n) return null
  return {
    collection: name.startsWith(PREFIXES.users) ? 'users' : 'accounts',
    key: value.toString(16).padStart(32, '0'),
  }
}
