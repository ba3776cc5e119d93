import * as v from 'valibot'
import type { OwedChunk, Slice } from './ledger.ts'

const SLICE_VERSION = 1
const STATES = ['owed', 'settled'] as const

const Reasons = v.record(v.string(), v.number())
const Body = v.object({
  v: v.literal(SLICE_VERSION, `slice row version is not ${SLICE_VERSION}`),
  key: v.string(),
  lines: v.number(),
  owed: v.nullable(v.array(v.number())),
  fates: v.object({ delivered: v.number(), filtered: Reasons, dead: Reasons }),
  lastFailure: v.nullable(v.string()),
})

type Row = {
  intake: string
  chunk: number
  state: number
  token: string | null
  lease_until: number | null
  next_at: number
  tries: number
  since: number | null
  done_at: number | null
  body: string
}

/** The Destination's table of slices: one row each, written whole; every method is synchronous. */
export class SliceStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(`CREATE TABLE IF NOT EXISTS slice (
      intake TEXT, chunk INTEGER, state INTEGER, token TEXT, lease_until INTEGER, next_at INTEGER,
      tries INTEGER, since INTEGER, done_at INTEGER, body TEXT, PRIMARY KEY (intake, chunk)
    ) WITHOUT ROWID`)
  }

  read({ intake, chunk }: Pick<OwedChunk, 'intake' | 'chunk'>): Slice | undefined {
    const rows = this.#sql.exec<Row>(
      'SELECT * FROM slice WHERE intake = ? AND chunk = ?',
      intake,
      chunk,
    )
    const [row] = rows.toArray()
    return row === undefined ? undefined : decodeRow(row)
  }

  /** All slices that are not settled. */
  readOwed(): Slice[] {
    return this.#sql.exec<Row>('SELECT * FROM slice WHERE state = 0').toArray().map(decodeRow)
  }

  readAll(): Slice[] {
    return this.#sql.exec<Row>('SELECT * FROM slice').toArray().map(decodeRow)
  }

  write(slice: Slice): void {
    this.#sql.exec(
      'INSERT OR REPLACE INTO slice VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      slice.intake,
      slice.chunk,
      STATES.indexOf(slice.state),
      slice.lease?.token ?? null,
      slice.lease?.untilMs ?? null,
      slice.nextAtMs,
      slice.tries,
      slice.sinceMs,
      slice.doneAtMs,
      encodeBody(slice),
    )
  }

  /** Deletes settled slices that ended before a time. */
  forget(beforeMs: number): void {
    this.#sql.exec('DELETE FROM slice WHERE state = 1 AND done_at < ?', beforeMs)
  }
}

function encodeBody({ key, lines, owed, fates, lastFailure }: Slice): string {
  const left = owed === null ? null : [...owed]
  return JSON.stringify({ v: SLICE_VERSION, key, lines, owed: left, fates, lastFailure })
}

function decodeRow(row: Row): Slice {
  const { v: _, ...body } = v.parse(Body, JSON.parse(row.body))
  const hasLease = row.token !== null && row.lease_until !== null
  return {
    ...body,
    intake: row.intake,
    chunk: row.chunk,
    state: STATES[row.state] ?? 'owed',
    lease: hasLease ? { token: row.token ?? '', untilMs: row.lease_until ?? 0 } : null,
    nextAtMs: row.next_at,
    tries: row.tries,
    sinceMs: row.since,
    doneAtMs: row.done_at,
  }
}
