import type { Hash } from '../../worker/event/segment.ts'
import type { IndexedChunk } from './chunk.ts'
import type { PagedRun } from './encode-day.ts'
import {
  findEntries,
  findPages,
  type IndexEntry,
  MESSAGE_RUN,
  mayContain,
  USER_RUN,
} from './hash-run.ts'
import { addItems, addUsers, countPacked, countPackedUsers, makesKnown } from './packed-index.ts'
import type { RolledDay } from './roll-plan.ts'
import { RunEntries } from './run-entries.ts'
import type { NewRun, RunHead, RunName, RunStore } from './run-store.ts'

/** What a look-up found in the runs, with the time when the chunk was planned: its key follows. */
export type FoundEntry = IndexEntry & { readonly plannedAtMs: number }

/** Finds hashes in sealed runs; in memory are only the filters, two bytes an entry. */
export class HashIndex {
  readonly #store: RunStore
  #messages: RunHead[] = []
  #users: RunHead[] = []
  #rolled: RolledDay[]

  constructor(store: RunStore) {
    this.#store = store
    this.#rolled = store.readRolled()
    this.#add(store.readHeads())
  }

  /** The newest chunk that is in a run, wherever that lies; 0 if none is. */
  get sealedTo(): number {
    const last = this.#users.at(-1) ?? this.#rolled.at(-1)
    return last?.toChunk ?? 0
  }

  /** The runs of users that R2 does not have yet, oldest first. */
  get users(): readonly RunHead[] {
    return this.#users
  }

  /** The days of users that lie in R2, oldest first. */
  get rolled(): readonly RolledDay[] {
    return this.#rolled
  }

  /** Whether an event or a segment of this id is in a run. */
  has(hash: Hash): boolean {
    return this.find('m', hash).some(makesKnown)
  }

  /** Every occurrence of a hash, oldest first. */
  find(name: RunName, hash: Hash): FoundEntry[] {
    const found: FoundEntry[] = []
    for (const run of name === 'm' ? this.#messages : this.#users) {
      if (name === 'm' && !mayContain(run.filter, hash)) continue
      found.push(...this.#findIn(run, hash))
    }
    return found
  }

  /** Sorts what the rows of some consecutive chunks remember into runs. */
  seal(chunks: readonly IndexedChunk[]): void {
    const [first] = chunks
    const last = chunks.at(-1)
    if (first === undefined || last === undefined) return
    const known = {
      fromChunk: first.seq,
      toChunk: last.seq,
      plannedAtMs: chunks.map(({ plannedAtMs }) => plannedAtMs),
    }
    const messages = new RunEntries(sum(chunks, countPacked))
    const users = new RunEntries(sum(chunks, countPackedUsers))
    for (const { seq, packed } of chunks) {
      addItems(packed, seq, messages)
      addUsers(packed, seq, users)
    }
    const runs: NewRun[] = [
      { ...known, name: 'm', entries: messages, shape: MESSAGE_RUN },
      { ...known, name: 'u', entries: users, shape: USER_RUN },
    ]
    // A run of users follows each of messages, so its number is the highest.
    const newestId = this.#users.at(-1)?.id ?? this.#rolled.at(-1)?.id ?? 0
    this.#add(this.#store.write(runs, newestId + 1))
  }

  /** Drops the runs of message ids whose chunks were all planned before a time. */
  forget(beforeMs: number): void {
    const isOld = (run: RunHead) => (run.plannedAtMs.at(-1) ?? 0) < beforeMs
    const old = this.#messages.filter(isOld).map(({ id }) => id)
    if (old.length === 0) return
    this.#store.delete(old)
    this.#messages = this.#messages.filter(({ id }) => !old.includes(id))
  }

  /** A run as rolling reads it. */
  openPages({ id, firsts }: RunHead): PagedRun {
    const readPage = (page: number) => this.#store.readPage(id, page)
    return { firsts, readPage, entries: this.#store.countEntries(id) }
  }

  /** Takes in that R2 has a day: its runs leave the tables. */
  setRolled(day: RolledDay): void {
    const isIn = ({ id }: RunHead) => id <= day.id
    this.#store.replaceByDay(
      day,
      this.#users.filter(isIn).map(({ id }) => id),
    )
    this.#users = this.#users.filter((run) => !isIn(run))
    this.#rolled = [...this.#rolled, day]
  }

  #add(runs: Iterable<RunHead>): void {
    for (const run of runs) (run.name === 'm' ? this.#messages : this.#users).push(run)
  }

  #findIn(run: RunHead, hash: Hash): FoundEntry[] {
    const { from, to } = findPages(run.firsts, hash)
    const found: FoundEntry[] = []
    for (let page = from; page <= to; page += 1) {
      for (const entry of findEntries(this.#store.readPage(run.id, page), hash)) {
        const plannedAtMs = run.plannedAtMs[entry.chunk - run.fromChunk] ?? 0
        found.push({ ...entry, plannedAtMs })
      }
    }
    return found
  }
}

const sum = (chunks: readonly IndexedChunk[], count: (packed: Uint8Array) => number) =>
  chunks.reduce((total, { packed }) => total + count(packed), 0)
