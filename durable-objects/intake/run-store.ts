import { type EncodedRun, encodeRun, entriesIn, type RunShape } from './hash-run.ts'
import type { RolledDay } from './roll-plan.ts'
import type { RunEntries } from './run-entries.ts'

/** `m`: ids of messages and segments. `u`: whose events are in a chunk. */
export type RunName = 'm' | 'u'

/** What is known of a run without its pages. */
export interface RunHead {
  readonly id: number
  readonly name: RunName
  /** The chunks whose items it holds, both included, and when each was planned. */
  readonly fromChunk: number
  readonly toChunk: number
  readonly plannedAtMs: readonly number[]
  readonly firsts: BigUint64Array
  readonly filter: Uint8Array
}

/** A run before it has a number. */
export type NewRun = Pick<RunHead, 'name' | 'fromChunk' | 'toChunk' | 'plannedAtMs'> & {
  readonly entries: RunEntries
  readonly shape: RunShape
}

const RUN_VERSION = 1
/** Pages of a run are numbered from its own number times this. */
const PAGES_PER_RUN = 2 ** 20
// version u8 · JSON length u32 · pages u32 · JSON · firsts, 8 bytes each · filter
const HEAD_BYTES = 1 + 4 + 4

/** The tables `run` and `page`, what was planned an hour ago or more, sorted by hash; `rolled`, what R2 has. */
export class RunStore {
  readonly #storage: DurableObjectStorage
  readonly #sql: SqlStorage

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage
    this.#sql = storage.sql
    for (const table of ['run', 'page']) {
      this.#sql.exec(`CREATE TABLE IF NOT EXISTS ${table} (id INTEGER PRIMARY KEY, body BLOB)`)
    }
    this.#sql.exec('CREATE TABLE IF NOT EXISTS rolled (id INTEGER PRIMARY KEY, body TEXT)')
  }

  /** Reads the heads of all runs, oldest first; an unknown version throws. */
  *readHeads(): Generator<RunHead> {
    const rows = this.#sql.exec<{ id: number; body: ArrayBuffer }>(
      'SELECT id, body FROM run ORDER BY id',
    )
    for (const { id, body } of rows) yield decodeHead(id, new Uint8Array(body))
  }

  readPage(run: number, page: number): Uint8Array {
    const row = this.#sql.exec<{ body: ArrayBuffer }>(
      'SELECT body FROM page WHERE id = ?',
      run * PAGES_PER_RUN + page,
    )
    return new Uint8Array(row.one().body)
  }

  /** How many entries a run has. */
  countEntries(run: number): number {
    const query =
      'SELECT coalesce(sum(length(body)), 0) AS bytes FROM page WHERE id BETWEEN ? AND ?'
    const first = run * PAGES_PER_RUN
    const { bytes } = this.#sql
      .exec<{ bytes: number }>(query, first, first + PAGES_PER_RUN - 1)
      .one()
    return entriesIn(bytes)
  }

  /** The days that lie in R2, oldest first; an unknown version throws. */
  readRolled(): RolledDay[] {
    const rows = this.#sql.exec<{ body: string }>('SELECT body FROM rolled ORDER BY id').toArray()
    return rows.map(({ body }) => {
      const day: RolledDay = JSON.parse(body)
      if (day.v !== 1) throw new Error(`rolled row version ${day.v} is unknown`)
      return day
    })
  }

  /** Notes that R2 has a day, and deletes its runs, in one transaction. */
  replaceByDay(day: RolledDay, runs: readonly number[]): void {
    this.#storage.transactionSync(() => {
      this.#sql.exec('INSERT INTO rolled VALUES (?, ?)', day.id, JSON.stringify(day))
      this.delete(runs)
    })
  }

  /** Writes runs in one transaction, numbered from `firstId`. */
  write(runs: readonly NewRun[], firstId: number): RunHead[] {
    return this.#storage.transactionSync(() =>
      runs.map(({ entries, shape, ...known }, index) => {
        const id = firstId + index
        const { pages, firsts, filter } = encodeRun(entries, shape)
        for (const [page, body] of pages.entries()) {
          this.#sql.exec('INSERT INTO page VALUES (?, ?)', id * PAGES_PER_RUN + page, body)
        }
        const head = { ...known, id, firsts, filter }
        this.#sql.exec('INSERT INTO run VALUES (?, ?)', id, encodeHead(head))
        return head
      }),
    )
  }

  delete(runs: readonly number[]): void {
    this.#storage.transactionSync(() => {
      for (const id of runs) {
        this.#sql.exec('DELETE FROM run WHERE id = ?', id)
        const first = id * PAGES_PER_RUN
        const last = first + PAGES_PER_RUN - 1
        this.#sql.exec('DELETE FROM page WHERE id BETWEEN ? AND ?', first, last)
      }
    })
  }
}

type StoredHead = Omit<RunHead, 'id' | keyof Pick<EncodedRun, 'firsts' | 'filter'>>

function encodeHead({ id: _, firsts, filter, ...known }: RunHead): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(known satisfies StoredHead))
  const firstsAt = HEAD_BYTES + json.length
  const body = new Uint8Array(firstsAt + firsts.length * 8 + filter.length)
  const view = new DataView(body.buffer)
  view.setUint8(0, RUN_VERSION)
  view.setUint32(1, json.length)
  view.setUint32(5, firsts.length)
  body.set(json, HEAD_BYTES)
  for (const [index, hash] of firsts.entries()) view.setBigUint64(firstsAt + index * 8, hash)
  body.set(filter, firstsAt + firsts.length * 8)
  return body
}

function decodeHead(id: number, body: Uint8Array): RunHead {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength)
  if (view.getUint8(0) !== RUN_VERSION) {
    throw new Error(`run row version ${view.getUint8(0)} is unknown`)
  }
  const firstsAt = HEAD_BYTES + view.getUint32(1)
  const json = new TextDecoder().decode(body.subarray(HEAD_BYTES, firstsAt))
  const known: StoredHead = JSON.parse(json)
  const firsts = BigUint64Array.from({ length: view.getUint32(5) }, (_, index) =>
    view.getBigUint64(firstsAt + index * 8),
  )
  return { ...known, id, firsts, filter: body.slice(firstsAt + firsts.length * 8) }
}
