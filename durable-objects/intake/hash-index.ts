import type { Hash } from '../../worker/event/segment.ts'
import type { IndexedChunk } from './chunk.ts'
import {
  findEntries,
  findPages,
  type IndexEntry,
  MESSAGE_RUN,
  mayContain,
  USER_RUN,
} from './hash-run.ts'
import { addItems, addUsers, countPacked, countPackedUsers, makesKnown } from './packed-index.ts'
import { RunEntries } from './run-entries.ts'
import type { NewRun, RunHead, RunName, RunStore } from './run-store.ts'

/** What a look-up found in the runs, with the time when the chunk was planned: its key follows. */
export type FoundEntry = IndexEntry & { readonly plannedAtMs: number }

/** Finds hashes in sealed runs; in memory are only the filters, two bytes an entry. */
export class HashIndex {
  readonly #store: RunStore
  #messages: RunHead[] = []
  readonly #users: RunHead[] = []

  constructor(store: RunStore) {
    this.#store = store
    this.#add(store.readHeads())
  }

  /** The newest chunk that is in a run; 0 if none is. */
  get sealedTo(): number {
    return this.#users.reduce((newest, { toChunk }) => Math.max(newest, toChunk), 0)
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
    const nextId = this.#users.reduce((newest, { id }) => Math.max(newest, id), 0) + 1
    this.#add(this.#store.write(runs, nextId))
  }

  /** Drops the runs of message ids whose chunks were all planned before a time. */
  forget(beforeMs: number): void {
    const isOld = (run: RunHead) => (run.plannedAtMs.at(-1) ?? 0) < beforeMs
    const old = this.#messages.filter(isOld).map(({ id }) => id)
    if (old.length === 0) return
    this.#store.delete(old)
    this.#messages = this.#messages.filter(({ id }) => !old.includes(id))
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
