import type { IdKey } from '../../durable-objects/identity/external-id.ts'
import { DEFAULT_POLICY } from '../../durable-objects/identity/policy.ts'
import type {
  Changes,
  IdentityState,
  MovedRecord,
  ProfileRecord,
} from '../../durable-objects/identity/profile-record.ts'
import type { IdSet, Link } from '../../durable-objects/identity/protocol.ts'
import { resolve } from '../../durable-objects/identity/resolve.ts'

const TYPES = { u: 'user_id', e: 'email', a: 'anonymous_id', p: 'phone' } as const
const HEX = 16
const KEY_DIGITS = 32

/** A key that stands for a short name: the letters' codes, then zeros. */
export function key(name: string): IdKey {
  const codes = [...name].map((letter) => letter.charCodeAt(0).toString(HEX))
  return codes.join('').padEnd(KEY_DIGITS, '0')
}

/** The name of a key that `key` made. */
export function nameOf(id: IdKey): string {
  const codes = id.match(/../g) ?? []
  return codes
    .map((code) => String.fromCharCode(Number.parseInt(code, HEX)))
    .join('')
    .replaceAll('\0', '')
}

const typeOf = (name: string) => TYPES[name.charAt(0) as keyof typeof TYPES] ?? 'phone' // a default follows

/** An event with some ids by name, as `u1 a2`: u is a user id, e an email, a an anonymous id, p a phone. */
export function idSet(names: string, part: Partial<IdSet> = {}): IdSet {
  return {
    ids: names
      .split(' ')
      .filter(Boolean)
      .map((name) => ({ type: typeOf(name), key: key(name) })),
    isMemorable: true,
    isPublic: true,
    previous: null,
    source: 'web',
    messageId: 'm1',
    atMs: 1_000,
    ...part,
  }
}

/** What an alias says: the same text as an anonymous id `a…` and a user id `u…`. */
export const previous = (text: string): IdSet['previous'] => ({
  anonymous: key(`a${text}`),
  user: key(`u${text}`),
})

/** What the object stores, as maps: it lends a call what the call names, and keeps what it changes. */
export class Memory {
  readonly ids = new Map<IdKey, number>()
  readonly profiles = new Map<number, ProfileRecord>()
  readonly moved = new Map<number, MovedRecord>()
  readonly journal: Link[] = []
  lastN = 0

  lend(keys: Iterable<IdKey>): IdentityState {
    const ids = new Map<IdKey, number>()
    const profiles = new Map<number, ProfileRecord>()
    for (const each of keys) {
      const p = this.ids.get(each)
      const record = p === undefined ? undefined : this.profiles.get(p)
      if (p !== undefined) ids.set(each, p)
      if (record !== undefined) profiles.set(record.p, record)
    }
    return { lastN: this.lastN, ids, profiles }
  }

  keep({ ids, profiles, moved, links }: Changes): void {
    for (const [id, p] of ids) this.ids.set(id, p)
    for (const record of moved) {
      this.profiles.delete(record.p)
      this.moved.set(record.p, record)
    }
    for (const record of profiles) {
      this.moved.delete(record.p)
      this.profiles.set(record.p, record)
    }
    this.journal.push(...links)
    this.lastN += links.length
  }

  copy(): Memory {
    const copy = new Memory()
    for (const [id, p] of this.ids) copy.ids.set(id, p)
    for (const [p, record] of this.profiles) copy.profiles.set(p, record)
    for (const [p, record] of this.moved) copy.moved.set(p, record)
    copy.journal.push(...this.journal)
    copy.lastN = this.lastN
    return copy
  }

  /** Lets events through `resolve`, all in one call. */
  send(sets: readonly IdSet[], policy = DEFAULT_POLICY) {
    const resolved = resolve(this.lend(keysOf(sets)), sets, policy)
    this.keep(resolved.changes)
    return resolved.resolutions
  }

  /** Who is who: the names of each profile's ids by its number. */
  people(): Record<number, string> {
    const entries = [...this.profiles.values()].map(({ p, ids }) => [
      p,
      ids
        .map((id) => nameOf(id.key))
        .sort()
        .join(' '),
    ])
    return Object.fromEntries(entries)
  }
}

/** All keys that some sets name. */
export function keysOf(sets: readonly IdSet[]): IdKey[] {
  return sets.flatMap((set) => [
    ...set.ids.map((id) => id.key),
    ...(set.previous === null ? [] : [set.previous.anonymous, set.previous.user]),
  ])
}
