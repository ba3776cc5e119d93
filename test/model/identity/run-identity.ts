import { type Random, seededRandom } from '../../../bench/seeded-random.ts'
import type { IdKey } from '../../../durable-objects/identity/external-id.ts'
import type { IdentityPolicy } from '../../../durable-objects/identity/policy.ts'
import type { Edge } from '../../../durable-objects/identity/profile-record.ts'
import type { IdSet } from '../../../durable-objects/identity/protocol.ts'
import { keysOf, Memory } from '../../support/identity.ts'
import { checkAgainst, checkAlone } from './check-identity.ts'
import type { Core } from './load-identity.ts'
import { pick, randomPolicy, randomSet } from './random-sets.ts'
import { Reference } from './reference.ts'

const STEPS = 10
const MAX_SETS = 6
const API = { source: 'api', messageId: '', atMs: 0 }

/** A run of a seed: what the product holds beside what the reference holds. */
class Run {
  readonly memory = new Memory()
  readonly reference = new Reference()
  readonly violations: string[] = []
  readonly #core: Core
  readonly #random: Random
  readonly #policy: IdentityPolicy
  #events = 0

  constructor(core: Core, seed: number) {
    this.#core = core
    this.#random = seededRandom(seed)
    this.#policy = randomPolicy(this.#random)
  }

  step(): void {
    const chance = this.#random()
    if (chance < 0.75) this.#send()
    else if (chance < 0.9) this.#undo()
    else this.#join()
    this.violations.push(...checkAgainst(this.memory, this.reference), ...checkAlone(this.memory))
  }

  #send(): void {
    const count = 1 + Math.floor(this.#random() * MAX_SETS)
    const sets = Array.from({ length: count }, () => randomSet(this.#random, this.#events++))
    const keys = keysOf(sets)
    const first = this.#core.resolve(this.memory.lend(keys), sets, this.#policy)
    const left = sets.map((set) => this.reference.resolve(set, this.#policy))
    this.memory.keep(first.changes)
    this.#expect('what is left of events', {
      found: first.resolutions.map(({ profile }) => profile === null),
      expected: left.map(({ length }) => length === 0),
    })
    this.#checkHeld(sets, first.resolutions)
    const hasAlias = sets.some(({ previous }) => previous !== null)
    // What an alias names may have become known later in the call.
    if (sets.length > 1 && hasAlias) return
    const { changes, ...again } = this.#core.resolve(this.memory.lend(keys), sets, this.#policy)
    this.#expect('links made when asked again', { found: changes.links.length, expected: 0 })
    // Once both ids that a `previousId` may name are the same person's, either is answered.
    if (hasAlias) return
    const { resolutions, pending } = first
    this.#expect('the answer when asked again', {
      found: again,
      expected: { resolutions, pending },
    })
  }

  /** Each event names the ids that its profile holds, and as demoted those it does not. */
  #checkHeld(
    sets: readonly IdSet[],
    resolutions: ReturnType<Core['resolve']>['resolutions'],
  ): void {
    for (const [at, { profile, ids, demoted }] of resolutions.entries()) {
      const [first] = ids
      if (first === undefined || profile?.isImplicit !== false) continue
      const person = this.reference.person(first.key) ?? new Set<IdKey>()
      const sent = (sets[at]?.ids ?? []).map(({ key }) => key)
      const held = ids.map(({ key }) => key)
      this.#expect('ids that a profile holds', {
        found: sent.filter((key) => held.includes(key)),
        expected: sent.filter((key) => person.has(key)),
      })
      this.#expect('ids taken off', {
        found: sent.filter((key) => demoted.includes(key)),
        expected: sent.filter((key) => !person.has(key)),
      })
    }
  }

  #undo(): void {
    const found = this.#randomEdge()
    if (found === null) return
    const { edge, founder } = found
    this.#tryAndReAdd(founder, edge)
    const state = this.memory.lend([founder])
    const { answer, changes } = this.#core.unmerge(state, { founder, n: edge.n, stamp: API })
    this.#expect('what undoing answers', { found: answer.state, expected: 'parted' })
    this.memory.keep(changes)
    this.reference.unmerge(edge.n)
    const again = this.#core.unmerge(this.memory.lend([founder]), {
      founder,
      n: edge.n,
      stamp: API,
    })
    this.#expect('links of undoing again', { found: again.changes.links.length, expected: 0 })
    this.#expect('what undoing again answers', { found: again.answer.state, expected: 'parted' })
  }

  /** Undoing a link and adding it again by hand changes no profile's number and none of its ids. */
  #tryAndReAdd(founder: IdKey, edge: Edge): void {
    const copy = this.memory.copy()
    const undo = { founder, n: edge.n, stamp: API }
    copy.keep(this.#core.unmerge(copy.lend([founder]), undo).changes)
    const pair = [edge.carrier, edge.brought]
    copy.keep(this.#core.join(copy.lend(pair), pair, API).changes)
    this.#expect('the partition after undoing and adding again', {
      found: [...copy.ids].sort(),
      expected: [...this.memory.ids].sort(),
    })
  }

  #join(): void {
    const pairs = this.reference.parted.filter(() => this.#random() < 0.5)
    const known = [...this.memory.ids.keys()]
    if (known.length === 0) return
    const keys = [...(pairs[0] ?? [pick(this.#random, known), pick(this.#random, known)])]
    const { answer, changes } = this.#core.join(this.memory.lend(keys), keys, API)
    this.#expect('what joining answers', { found: answer.state, expected: 'joined' })
    this.memory.keep(changes)
    this.reference.join(keys)
  }

  #randomEdge(): { edge: Edge; founder: IdKey } | null {
    const all = [...this.memory.profiles.values()].flatMap(({ edges, founder }) =>
      edges.map((edge) => ({ edge, founder })),
    )
    return all.length === 0 ? null : pick(this.#random, all)
  }

  #expect(what: string, { found, expected }: { found: unknown; expected: unknown }): void {
    const [is, should] = [JSON.stringify(found), JSON.stringify(expected)]
    if (is !== should) this.violations.push(`${what}: ${differ(is, should)}`)
  }
}

/** The texts from shortly before they part. */
function differ(is = '', should = ''): string {
  const at = [...is].findIndex((sign, index) => sign !== should[index])
  const [from, to] = [Math.max(0, at - 60), at + 100]
  return `${is.slice(from, to)}, not ${should.slice(from, to)}`
}

/** Runs a seed; answers what is broken, up to the first step that breaks something. */
export function runIdentity(core: Core, seed: number): string[] {
  const run = new Run(core, seed)
  for (let step = 0; step < STEPS && run.violations.length === 0; step += 1) run.step()
  return run.violations
}
