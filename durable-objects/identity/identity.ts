import { DurableObject } from 'cloudflare:workers'
import { reportFailure } from '../report.ts'
import { type IdKey, nameProfile, readProfileName } from './external-id.ts'
import { IdentityStore } from './identity-store.ts'
import { type Joined, join } from './join.ts'
import { foundersOf } from './pending.ts'
import { DEFAULT_POLICY, type IdentityPolicy, type SpaceFacts } from './policy.ts'
import { type ParsedPolicy, parsePolicy } from './policy-parser.ts'
import type { Changes, ProfileRecord } from './profile-record.ts'
import type { Found, IdSet, LinkPage, Pending, Resolved } from './protocol.ts'
import { resolve } from './resolve.ts'
import { type Unmerged, unmerge } from './undo.ts'

const SECRET_BYTES = 32
const LINKS_PER_PAGE = 50
const POLICY_VERSION = 1
/** Rows that are in memory at once: some 60 profiles of a thousand ids; ten times as much when read. */
const MAX_LENT_CHARACTERS = 4_000_000

/** Which ids of a space are one person. Named by the space. It keeps nothing in memory but a counter. */
export class Identity extends DurableObject<Env> {
  readonly #store: IdentityStore
  readonly #name: string

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#store = new IdentityStore(ctx.storage)
    this.#name = ctx.id.name ?? ''
  }

  /** What a consumer needs to make id sets. The secret is made on first use and stays. */
  space(): SpaceFacts {
    const known = this.#store.readMeta('secret')
    const secret = known ?? hex(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)))
    if (known === null) this.#write(() => this.#store.writeMeta('secret', secret))
    return { secret, policy: this.policy() }
  }

  /**
   * Judges events in their order. Asked again with the same sets it links nothing. Events whose people
   * have very many ids are judged in pieces; what a later piece joins, an answer to an earlier does not know.
   */
  resolve(sets: readonly IdSet[]): Resolved {
    const { resolutions, pending } = this.#resolve(sets)
    return { resolutions, pending: this.#withEarlier(pending) }
  }

  #resolve(sets: readonly IdSet[]): Resolved {
    const limit = sets.length > 1 ? MAX_LENT_CHARACTERS : Number.POSITIVE_INFINITY
    const state = this.#store.lendWithin(keysOf(sets), limit)
    if (state === null) {
      const half = Math.ceil(sets.length / 2)
      const [first, second] = [sets.slice(0, half), sets.slice(half)].map((piece) =>
        this.#resolve(piece),
      )
      return {
        resolutions: [...(first?.resolutions ?? []), ...(second?.resolutions ?? [])],
        pending: [...(first?.pending ?? []), ...(second?.pending ?? [])],
      }
    }
    const { changes, resolutions, pending } = resolve(state, sets, this.policy())
    this.#keep(changes)
    return { resolutions, pending }
  }

  /** Notes that the profiles of a merge or a part have been told; again it changes nothing. */
  done(n: number): void {
    const [link] = this.#store.readLinks([n])
    if (link === undefined) return
    const founders = [link.winner, link.loser ?? ''].flatMap(
      (name) => readProfileName(name)?.key ?? [],
    )
    const { profiles } = this.#store.lend(founders)
    const told = [...profiles.values()].map((each) => ({
      ...each,
      pending: each.pending.filter((waiting) => waiting.n !== n),
    }))
    this.#keep({ ids: new Map(), profiles: told, moved: [], links: [] })
  }

  /** Where an id stands; null of one that is not known. */
  find(key: IdKey): Found | null {
    const record = this.#recordOf(key)
    if (record === undefined) return null
    const ids = record.ids.map(({ key, type, link }) => ({ key, type, link }))
    return { name: nameProfile(record.founder), ids, pending: this.#withEarlier(record.pending) }
  }

  /** The journal of a profile, oldest first, from after the link `cursor`. */
  links(name: string, cursor = 0): LinkPage {
    const founder = readProfileName(name)?.key
    const record = founder === undefined ? undefined : this.#recordOf(founder)
    if (record === undefined) return { state: 'unknown_profile' }
    const numbers = numbersOf(record).filter((n) => n > cursor)
    const links = this.#store.readLinks(numbers.slice(0, LINKS_PER_PAGE))
    const hasMore = numbers.length > LINKS_PER_PAGE
    return { state: 'found', links, next: hasMore ? (links.at(-1)?.n ?? null) : null }
  }

  /** Undoes a link of a profile. Asked again it says what it did. */
  unmerge(name: string, n: number, by = 'api'): Unmerged {
    const founder = readProfileName(name)?.key
    if (founder === undefined) return { state: 'unknown_profile' }
    const stamp = { source: by, messageId: '', atMs: Date.now() }
    const { answer, changes } = unmerge(this.#store.lend([founder]), { founder, n, stamp })
    this.#keep(changes)
    if (answer.state !== 'parted') return answer
    return { ...answer, pending: this.#withEarlier(answer.pending) }
  }

  /** Makes the profiles of known ids one; `by` stands in the journal as the source. */
  join(keys: readonly IdKey[], by: string): Joined {
    const stamp = { source: by, messageId: '', atMs: Date.now() }
    const { answer, changes } = join(this.#store.lend(keys), keys, stamp)
    this.#keep(changes)
    if (answer.state !== 'joined') return answer
    return { ...answer, pending: this.#withEarlier(answer.pending) }
  }

  policy(): IdentityPolicy {
    const text = this.#store.readMeta('policy')
    if (text === null) return DEFAULT_POLICY
    const { v, ...policy } = JSON.parse(text) as IdentityPolicy & { v: number } // its version tells
    if (v !== POLICY_VERSION) throw new Error(`policy version ${v} is unknown`)
    return policy
  }

  /** Stores a policy for the events to come; what was linked stays. */
  setPolicy(input: unknown): ParsedPolicy {
    const parsed = parsePolicy(input)
    if (parsed.state === 'invalid') return parsed
    const text = JSON.stringify({ v: POLICY_VERSION, ...parsed.policy })
    this.#write(() => this.#store.writeMeta('policy', text))
    return parsed
  }

  #recordOf(key: IdKey): ProfileRecord | undefined {
    const { ids, profiles } = this.#store.lend([key])
    return profiles.get(ids.get(key) ?? 0)
  }

  /** Adds what the profiles named by something pending have to be told before. */
  #withEarlier(pending: readonly Pending[]): Pending[] {
    const known = new Map(pending.map((each) => [each.n, each]))
    const asked = new Set<IdKey>()
    for (;;) {
      const next = [...known.values()].flatMap(foundersOf).filter((key) => !asked.has(key))
      if (next.length === 0) return [...known.values()].sort((a, b) => a.n - b.n)
      for (const key of next) asked.add(key)
      for (const { pending: more } of this.#store.lend(next).profiles.values()) {
        for (const each of more) known.set(each.n, each)
      }
    }
  }

  #keep(changes: Changes): void {
    this.#write(() => this.#store.write(changes))
  }

  /** After a refused write nobody knows what the disk has: the object starts again from there. */
  #write(work: () => void): void {
    try {
      work()
    } catch (error) {
      reportFailure('IDENTITY_STORAGE_FAILED', { space: this.#name }, error)
      this.ctx.abort('identity could not be written')
      throw error
    }
  }
}

function keysOf(sets: readonly IdSet[]): IdKey[] {
  return sets.flatMap(({ ids, previous }) => {
    const keys = ids.map(({ key }) => key)
    return previous === null ? keys : [...keys, previous.anonymous, previous.user]
  })
}

/** The links that a profile consists of, what founded it and its formers, and what was undone. */
function numbersOf({ p, formers, edges, parted }: ProfileRecord): number[] {
  const all = [p, ...formers.map((each) => each.p), ...edges.map((each) => each.n)]
  const numbers = new Set([...all, ...parted.map((each) => each.n)])
  return [...numbers].sort((a, b) => a - b)
}

const hex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
