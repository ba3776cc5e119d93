import { type Random, seededRandom } from '../../../bench/seeded-random.ts'
import { nameProfile } from '../../../durable-objects/identity/external-id.ts'
import { Identity } from '../../../durable-objects/identity/identity.ts'
import { join } from '../../../durable-objects/identity/join.ts'
import { resolve } from '../../../durable-objects/identity/resolve.ts'
import { unmerge } from '../../../durable-objects/identity/undo.ts'
import { keysOf, Memory } from '../../support/identity.ts'
import { SimStorage } from '../sim-storage.ts'
import { pick, randomPolicy, randomSet } from './random-sets.ts'

const STEPS = 25
const MAX_SETS = 5
const WRITE_FAILS = 0.08
const RESTARTS = 0.2
const API = { source: 'api', messageId: '', atMs: 0 }

/** The object on a disk that fails, started again and again, beside maps that never fail. */
class Run {
  readonly violations: string[] = []
  readonly #random: Random
  readonly #memory = new Memory()
  readonly #storage: SimStorage
  readonly #policy
  #identity: Identity
  #events = 0
  readonly #done = new Set<number>()

  constructor(seed: number) {
    this.#random = seededRandom(seed)
    this.#policy = randomPolicy(this.#random)
    this.#storage = new SimStorage({
      beforeWrite: (query) => {
        if (/^INSERT/.test(query) && this.#random() < WRITE_FAILS) throw new Error('disk I/O error')
      },
      onAlarm: () => {},
    })
    this.#identity = this.#start()
    this.#call((identity) => identity.setPolicy(this.#policy))
  }

  step(): void {
    if (this.#random() < RESTARTS) this.#identity = this.#start()
    const chance = this.#random()
    if (chance < 0.7) this.#send()
    else if (chance < 0.8) this.#undo()
    else if (chance < 0.9) this.#join()
    else this.#confirm()
  }

  /** Every id is where the maps have it, and is told what they have pending unless that was done. */
  compare(): void {
    for (const [key, p] of this.#memory.ids) {
      const record = this.#memory.profiles.get(p)
      const found = this.#call((identity) => identity.find(key))
      if (record === undefined) throw new Error(`profile ${p} is missing`)
      const ids = record.ids.map(({ key, type, link }) => ({ key, type, link }))
      this.#expect(`name of ${key}`, [found?.name, nameProfile(record.founder)])
      this.#expect(`ids beside ${key}`, [found?.ids, ids])
      const told = new Set(found?.pending.map(({ n }) => n))
      const missing = record.pending.filter(({ n }) => told.has(n) === this.#done.has(n))
      this.#expect(`pending of ${key}`, [missing, []])
    }
    this.#storage.close()
  }

  #send(): void {
    const count = 1 + Math.floor(this.#random() * MAX_SETS)
    const sets = Array.from({ length: count }, () => randomSet(this.#random, this.#events++))
    const { resolutions, changes } = resolve(this.#memory.lend(keysOf(sets)), sets, this.#policy)
    this.#memory.keep(changes)
    const answer = this.#call((identity) => identity.resolve(sets))
    this.#expect('resolutions', [answer.resolutions, resolutions])
  }

  #undo(): void {
    const records = [...this.#memory.profiles.values()].filter(({ edges }) => edges.length > 0)
    if (records.length === 0) return
    const { founder, edges } = pick(this.#random, records)
    const { n } = pick(this.#random, edges)
    const { answer, changes } = unmerge(this.#memory.lend([founder]), { founder, n, stamp: API })
    this.#memory.keep(changes)
    const said = this.#call((identity) => identity.unmerge(nameProfile(founder), n))
    this.#expect('undone', [
      { ...said, pending: null },
      { ...answer, pending: null },
    ])
  }

  #join(): void {
    const known = [...this.#memory.ids.keys()]
    if (known.length === 0) return
    const keys = [pick(this.#random, known), pick(this.#random, known)]
    const { answer, changes } = join(this.#memory.lend(keys), keys, API)
    this.#memory.keep(changes)
    // A call that failed and was made again finds that all is done: it names no links.
    const said = this.#call((identity) => identity.join(keys, 'api'))
    this.#expect('joined', [
      { ...said, pending: null },
      { ...answer, pending: null },
    ])
  }

  #confirm(): void {
    const open = [...this.#memory.profiles.values()].flatMap(({ pending }) => pending)
    if (open.length === 0) return
    const { n } = pick(this.#random, open)
    this.#done.add(n)
    this.#call((identity) => identity.done(n))
  }

  /** Calls until it works; a failed write ends the object, as the platform does. */
  #call<T>(call: (identity: Identity) => T): T {
    for (;;) {
      try {
        const answer = call(this.#identity)
        this.#storage.commit()
        return answer
      } catch (error) {
        if (!String(error).includes('disk I/O error')) throw error
        this.#identity = this.#start()
      }
    }
  }

  #start(): Identity {
    const ctx = {
      id: { name: 'space' },
      storage: this.#storage.open(() => false),
      abort: () => this.#storage.rollback(),
    }
    // All that the object uses.
    return new Identity(ctx as unknown as DurableObjectState, {} as unknown as Env)
  }

  #expect(what: string, [is, should]: readonly [unknown, unknown]): void {
    if (JSON.stringify(is) === JSON.stringify(should)) return
    this.violations.push(`${what}: ${JSON.stringify(is)}, not ${JSON.stringify(should)}`)
  }
}

/** Runs a seed; answers where the object says otherwise than the maps. */
export function runObject(seed: number): string[] {
  const run = new Run(seed)
  for (let step = 0; step < STEPS && run.violations.length === 0; step += 1) run.step()
  if (run.violations.length === 0) run.compare()
  return run.violations
}
