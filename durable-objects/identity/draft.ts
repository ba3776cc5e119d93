import { type IdKey, nameProfile, type ProfileName } from './external-id.ts'
import { pendingOf } from './pending.ts'
import type { Edge, Founding, HeldId, PartedPair, ProfileRecord } from './profile-record.ts'
import type { Pending } from './protocol.ts'

/** A profile while a call changes it. */
export class Draft {
  readonly p: number
  readonly founder: IdKey
  readonly edges: Edge[]
  readonly formers: Founding[]
  parted: PartedPair[]
  readonly pending: Map<number, Pending>
  #name: ProfileName | null = null
  #merges = 0
  #edgesCounted = 0
  readonly #ids = new Map<IdKey, HeldId>()
  readonly #counts = new Map<string, number>()

  constructor(record: ProfileRecord) {
    this.p = record.p
    this.founder = record.founder
    this.edges = [...record.edges]
    this.formers = [...record.formers]
    this.parted = [...record.parted]
    this.pending = new Map(record.pending.map((each) => [each.n, each]))
    for (const id of record.ids) this.hold(id)
  }

  get name(): ProfileName {
    this.#name ??= nameProfile(this.founder)
    return this.#name
  }

  /** Adds an id, or writes one anew. */
  hold(id: HeldId): void {
    if (!this.#ids.has(id.key)) this.#counts.set(id.type, this.count(id.type) + 1)
    this.#ids.set(id.key, id)
  }

  get(key: IdKey): HeldId | undefined {
    return this.#ids.get(key)
  }

  has(key: IdKey): boolean {
    return this.#ids.has(key)
  }

  /** How many ids of a type it holds. */
  count(type: string): number {
    return this.#counts.get(type) ?? 0
  }

  get types(): Iterable<string> {
    return this.#counts.keys()
  }

  get ids(): Iterable<HeldId> {
    return this.#ids.values()
  }

  get size(): number {
    return this.#ids.size
  }

  /** Counted on from where it was: edges only come, and an event may ask a hundred times. */
  get merges(): number {
    for (; this.#edgesCounted < this.edges.length; this.#edgesCounted += 1) {
      if (this.edges[this.#edgesCounted]?.isMerge) this.#merges += 1
    }
    return this.#merges
  }

  toRecord(): ProfileRecord {
    const { p, founder, edges, formers, parted } = this
    const pending = pendingOf([this])
    return { p, founder, ids: [...this.#ids.values()], edges, formers, parted, pending }
  }
}
