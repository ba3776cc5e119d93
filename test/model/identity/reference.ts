import type { IdKey } from '../../../durable-objects/identity/external-id.ts'
import type { IdentityPolicy } from '../../../durable-objects/identity/policy.ts'
import type { IdSet } from '../../../durable-objects/identity/protocol.ts'

type SetId = IdSet['ids'][number]

interface Tie {
  readonly n: number
  readonly a: IdKey
  readonly b: IdKey
  readonly isMerge: boolean
  /** Whether a server's alias or the API made it: only those get past one user id. */
  readonly isForced: boolean
}

/**
 * Identity resolution, slow and obvious: nothing is stored but links between ids. A person is all that
 * links lead to, and the number of a person is the lowest that one of its ids was ever founded with.
 */
export class Reference {
  lastN = 0
  readonly types = new Map<IdKey, string>()
  readonly founded = new Map<IdKey, number>()
  ties: Tie[] = []
  parted: (readonly [IdKey, IdKey])[] = []
  /** Found since the last change, by each of their ids. */
  readonly #people = new Map<IdKey, ReadonlySet<IdKey>>()

  /** All ids that links lead to, itself included; null of an id that is not known. */
  person(key: IdKey): ReadonlySet<IdKey> | null {
    if (!this.types.has(key)) return null
    const known = this.#people.get(key)
    if (known !== undefined) return known
    const ids = new Set([key])
    for (let size = 0; size < ids.size; ) {
      size = ids.size
      for (const { a, b } of this.ties) {
        if (ids.has(a)) ids.add(b)
        if (ids.has(b)) ids.add(a)
      }
    }
    for (const each of ids) this.#people.set(each, ids)
    return ids
  }

  numberOf(person: ReadonlySet<IdKey>): number {
    const numbers = [...person].map((key) => this.founded.get(key) ?? Number.POSITIVE_INFINITY)
    return Math.min(...numbers)
  }

  tiesOf(person: ReadonlySet<IdKey>): Tie[] {
    return this.ties.filter(({ a }) => person.has(a))
  }

  /** One event's turn; answers which ids are left of it. */
  resolve(set: IdSet, policy: IdentityPolicy): SetId[] {
    const { id: previous, isForced } = this.#readPrevious(set)
    let left = [...set.ids, ...(previous === null ? [] : [previous])]
    left = left.filter(({ key }, at) => left.findIndex((other) => other.key === key) === at)
    left.sort(
      (a, b) =>
        rank(a.type, policy) - rank(b.type, policy) ||
        (a.type < b.type ? -1 : a.type > b.type ? 1 : 0),
    )
    while (this.#isBlocked(left, policy, isForced)) left.pop()
    const [first] = left
    if (first === undefined) return left
    if (left.length === 1 && !set.isMemorable && !this.types.has(first.key)) return left
    this.#tie(left, isForced)
    return left
  }

  /** Cuts a link; the part without the oldest founder is founded anew unless one of it was before. */
  unmerge(n: number): void {
    const cut = this.ties.find((tie) => tie.n === n)
    if (cut === undefined) throw new Error(`no link ${n}`)
    const whole = this.numberOf(this.person(cut.a) ?? new Set())
    this.ties = this.ties.filter((tie) => tie !== cut)
    this.#people.clear()
    this.parted.push([cut.a, cut.b])
    this.lastN += 1
    for (const end of [cut.a, cut.b]) {
      const part = this.person(end) ?? new Set()
      if (this.numberOf(part) === Number.POSITIVE_INFINITY) this.founded.set(end, this.lastN)
    }
    if (![cut.a, cut.b].some((end) => this.numberOf(this.person(end) ?? new Set()) === whole)) {
      throw new Error('the founding id is in neither part')
    }
  }

  join(keys: readonly IdKey[]): void {
    const ids = keys.map((key) => ({ key, type: this.types.get(key) ?? '' }))
    this.#tie(ids, true)
    this.parted = this.parted.filter(([a, b]) => !this.person(a)?.has(b))
  }

  #tie(ids: readonly SetId[], isForced: boolean): void {
    const people = this.#peopleOf(ids).sort((a, b) => this.numberOf(a) - this.numberOf(b))
    const [oldest, ...others] = people
    const named = (person: ReadonlySet<IdKey>) => ids.find(({ key }) => person.has(key))?.key ?? ''
    const carrier = oldest === undefined ? (ids[0]?.key ?? '') : named(oldest)
    for (const other of others) {
      this.lastN += 1
      this.ties.push({ n: this.lastN, a: carrier, b: named(other), isMerge: true, isForced })
    }
    for (const { key, type } of ids.filter((id) => !this.types.has(id.key))) {
      this.lastN += 1
      this.types.set(key, type)
      if (key === carrier) this.founded.set(key, this.lastN)
      else this.ties.push({ n: this.lastN, a: carrier, b: key, isMerge: false, isForced })
    }
    this.#people.clear()
  }

  #isBlocked(ids: readonly SetId[], policy: IdentityPolicy, isForced: boolean): boolean {
    const people = this.#peopleOf(ids)
    const union = new Map(ids.map(({ key, type }) => [key, type]))
    for (const key of people.flatMap((each) => [...each])) union.set(key, this.types.get(key) ?? '')
    if (people.length === 1 && union.size === people[0]?.size) return false
    if (this.parted.some(([a, b]) => union.has(a) && union.has(b))) return true
    return [...new Set(union.values())].some((type) => {
      const limit = type === 'user_id' ? (isForced ? 1e9 : 1) : limitOf(type, policy)
      const count = [...union.values()].filter((each) => each === type).length
      const sides = people.map((each) => [...each].filter((key) => this.types.get(key) === type))
      return count > limit && count > Math.max(0, ...sides.map(({ length }) => length))
    })
  }

  #peopleOf(ids: readonly SetId[]): ReadonlySet<IdKey>[] {
    const people: ReadonlySet<IdKey>[] = []
    for (const { key } of ids) {
      const person = this.person(key)
      if (person !== null && !people.some((each) => each.has(key))) people.push(person)
    }
    return people
  }

  #readPrevious({ ids, previous, isPublic }: IdSet): { id: SetId | null; isForced: boolean } {
    if (previous === null) return { id: null, isForced: false }
    const isUser = (type: string) => type === 'user_id'
    const users = ids.filter(({ type }) => isUser(type)).map(({ key }) => key)
    const isSent = ids.some(({ key }) => key === previous.user || key === previous.anonymous)
    if (isSent) return { id: null, isForced: false }
    const isOneWith = (key: IdKey) => users.every((user) => this.person(key)?.has(user))
    const isKnown = (key: IdKey) => this.types.has(key)
    const anonymous = { key: previous.anonymous, type: 'anonymous_id' }
    const user = { key: previous.user, type: 'user_id' }
    if (isOneWith(anonymous.key)) return { id: anonymous, isForced: false }
    if (isOneWith(user.key)) return { id: user, isForced: !isPublic }
    if (isKnown(anonymous.key)) return { id: anonymous, isForced: false }
    if (!isPublic) return { id: user, isForced: true }
    return { id: isKnown(user.key) ? null : anonymous, isForced: false }
  }
}

const limitOf = (type: string, { types }: IdentityPolicy) =>
  types.find((each) => each.type === type)?.limit ?? 5

/** Halves keep the types of the policy before those that have 3 by default. */
function rank(type: string, { types }: IdentityPolicy): number {
  const said = types.find((each) => each.type === type)?.priority
  if (said !== undefined) return said
  if (type === 'user_id') return 1.5
  return type === 'email' ? 2.5 : 3.5
}
