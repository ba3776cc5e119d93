import { Draft } from './draft.ts'
import type { IdKey } from './external-id.ts'
import type { Changes, IdentityState, MovedRecord } from './profile-record.ts'
import type { IdSet, Link } from './protocol.ts'

/** Which event, or who else, makes a link. */
export type Stamp = Pick<IdSet, 'source' | 'messageId' | 'atMs'>

/** An id as a set has it. */
export type SetId = IdSet['ids'][number]

/** Two ids that are one person's: the one that was known first, and the other. */
export interface Pair {
  readonly carrier: IdKey
  readonly brought: IdKey
}

/** What is known while a call changes it: the state stays as it is, the changes are collected. */
export class Graph {
  readonly #state: IdentityState
  readonly #ids = new Map<IdKey, number>()
  readonly #drafts = new Map<number, Draft>()
  readonly #changed = new Map<number, Draft>()
  readonly #moved = new Map<number, MovedRecord>()
  readonly #links: Link[] = []

  constructor(state: IdentityState) {
    this.#state = state
  }

  /** The profile that holds an id now. */
  profileOf(key: IdKey): Draft | undefined {
    const p = this.#ids.get(key) ?? this.#state.ids.get(key)
    if (p === undefined) return undefined
    const known = this.#drafts.get(p)
    if (known !== undefined) return known
    const record = this.#state.profiles.get(p)
    if (record === undefined) throw new Error(`profile ${p} is missing`)
    return this.#open(new Draft(record))
  }

  get nextN(): number {
    return this.#state.lastN + this.#links.length + 1
  }

  /** A new profile with one id; its number is that of the id's link. */
  create(id: SetId, stamp: Stamp): Draft {
    const draft = this.found(this.nextN, id.key)
    this.#hold(draft, id, stamp)
    this.journal({ kind: 'attach', winner: draft, loser: null }, pair(id.key, id.key), stamp)
    return draft
  }

  /** A profile without ids as yet. */
  found(p: number, founder: IdKey): Draft {
    const draft = new Draft({
      p,
      founder,
      ids: [],
      edges: [],
      formers: [],
      parted: [],
      pending: [],
    })
    this.#moved.delete(p)
    this.#changed.set(p, draft)
    return this.#open(draft)
  }

  /** Gives an unknown id to a profile. */
  attach(profile: Draft, id: SetId, by: { carrier: IdKey; stamp: Stamp }): void {
    const joint = pair(by.carrier, id.key)
    profile.edges.push({ n: this.nextN, isMerge: false, ...joint })
    this.#hold(profile, id, by.stamp)
    this.journal({ kind: 'attach', winner: profile, loser: null }, joint, by.stamp)
  }

  /** Gives all that a profile has to another. */
  merge(winner: Draft, loser: Draft, { joint, stamp }: { joint: Pair; stamp: Stamp }): void {
    const n = this.nextN
    const names = { winner: winner.name, loser: loser.name }
    for (const id of loser.ids) {
      winner.hold({ ...id, link: n })
      this.#ids.set(id.key, winner.p)
    }
    winner.edges.push(...loser.edges, { n, isMerge: true, ...joint })
    winner.formers.push(...loser.formers, { p: loser.p, founder: loser.founder })
    winner.parted.push(
      ...loser.parted.filter((each) => !winner.parted.some(({ n }) => n === each.n)),
    )
    for (const [key, each] of loser.pending) winner.pending.set(key, each)
    winner.pending.set(n, { kind: 'merge', n, ...names })
    this.touch(winner)
    this.move({ p: loser.p, founder: loser.founder, into: winner.p })
    this.journal({ kind: 'merge', winner, loser }, joint, stamp)
  }

  /** Says that an id which is known is held by a profile from now on. */
  point(key: IdKey, profile: Draft): void {
    this.#ids.set(key, profile.p)
  }

  /** Says that a profile is stored as merged into another. */
  move(record: MovedRecord): void {
    this.#changed.delete(record.p)
    this.#drafts.delete(record.p)
    this.#moved.set(record.p, record)
  }

  /** Says that a profile has to be written. */
  touch(profile: Draft): void {
    this.#changed.set(profile.p, profile)
  }

  /** Writes down what was done; the next number is then another. */
  journal(
    done: { kind: Link['kind']; winner: Draft; loser: Draft | null },
    joint: Pair,
    { atMs, source, messageId }: Stamp,
  ): void {
    const winner = done.winner.name
    const loser = done.loser?.name ?? null
    const said = { kind: done.kind, atMs, source, messageId, ...joint, winner, loser }
    this.#links.push({ n: this.nextN, ...said })
  }

  changes(): Changes {
    const profiles = [...this.#changed.values()].map((each) => each.toRecord())
    return { ids: this.#ids, profiles, moved: [...this.#moved.values()], links: this.#links }
  }

  #hold(profile: Draft, { key, type }: SetId, { atMs, source }: Stamp): void {
    profile.hold({ key, type, link: this.nextN, atMs, source })
    this.#ids.set(key, profile.p)
    this.touch(profile)
  }

  #open(draft: Draft): Draft {
    this.#drafts.set(draft.p, draft)
    return draft
  }
}

const pair = (carrier: IdKey, brought: IdKey): Pair => ({ carrier, brought })
