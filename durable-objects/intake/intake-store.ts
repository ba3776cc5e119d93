import {
  type Chunk,
  decodeChunk,
  decodeHead,
  encodeChunk,
  encodeChunkState,
  type IndexedChunk,
  type StoredChunk,
} from './chunk.ts'
import { type CommitRow, decodeCommit } from './commit.ts'
import { addCounts, type Counts, NO_COUNTS } from './counts.ts'
import { encodePacked } from './packed-index.ts'

const HOUR_MS = 3_600_000
const NOTHING_PACKED = encodePacked([], new Set())
const EPOCH_HEX_DIGITS = 8
/** Nearly all chunks say what they are in less; a longer one is read whole. */
const HEAD_BYTES = 2_048

type StoredRow = Omit<StoredChunk, 'body'> & { body: ArrayBuffer }

/** The Intake's tables (delivery.md, section 2); every method is synchronous. */
export class IntakeStore {
  readonly #storage: DurableObjectStorage
  readonly #sql: SqlStorage

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage
    this.#sql = storage.sql
    storage.transactionSync(() => {
      this.#sql.exec('CREATE TABLE IF NOT EXISTS log (n INTEGER PRIMARY KEY, body BLOB)')
      this.#sql.exec(
        'CREATE TABLE IF NOT EXISTS chunk (seq INTEGER PRIMARY KEY, state INTEGER, body BLOB)',
      )
      this.#sql.exec('CREATE TABLE IF NOT EXISTS hour (hour INTEGER PRIMARY KEY, body TEXT)')
      this.#sql.exec('CREATE TABLE IF NOT EXISTS meta (k TEXT PRIMARY KEY, v TEXT) WITHOUT ROWID')
    })
  }

  /** 4 random bytes as hex, made when the storage is first used: part of every key. */
  epoch(): string {
    const [row] = this.#sql.exec<{ v: string }>("SELECT v FROM meta WHERE k = 'epoch'")
    if (row !== undefined) return row.v
    const epoch = crypto.randomUUID().slice(0, EPOCH_HEX_DIGITS)
    this.#sql.exec("INSERT INTO meta VALUES ('epoch', ?)", epoch)
    return epoch
  }

  insertCommits(firstN: number, bodies: readonly Uint8Array[]): void {
    for (const [index, body] of bodies.entries()) {
      this.#sql.exec('INSERT INTO log VALUES (?, ?)', firstN + index, body)
    }
  }

  *readCommits(from: number, to: number): Generator<CommitRow & { n: number; bytes: number }> {
    const rows = this.#sql.exec<{ n: number; body: ArrayBuffer }>(
      'SELECT n, body FROM log WHERE n BETWEEN ? AND ? ORDER BY n',
      from,
      to,
    )
    for (const { n, body } of rows) {
      yield { n, bytes: body.byteLength, ...decodeCommit(new Uint8Array(body)) }
    }
  }

  /** How large the log rows before a number are: those that chunks took and the archive has not. */
  plannedBytes(before: number): number {
    const query = 'SELECT coalesce(sum(length(body)), 0) AS bytes FROM log WHERE n < ?'
    return this.#sql.exec<{ bytes: number }>(query, before).one().bytes
  }

  /** How large the log rows of a chunk are. */
  chunkBytes({ from, to }: Pick<Chunk, 'from' | 'to'>): number {
    const query = 'SELECT coalesce(sum(length(body)), 0) AS bytes FROM log WHERE n BETWEEN ? AND ?'
    return this.#sql.exec<{ bytes: number }>(query, from, to).one().bytes
  }

  insertChunk({ packed, ...chunk }: IndexedChunk): void {
    this.#sql.exec(
      'INSERT INTO chunk VALUES (?, ?, ?)',
      chunk.seq,
      encodeChunkState(chunk.state),
      encodeChunk(chunk, packed),
    )
  }

  /** Stores a chunk's new state; its log rows go with the same transaction once it is archived. */
  updateChunk(chunk: Chunk): void {
    this.#storage.transactionSync(() => {
      this.#sql.exec(
        'UPDATE chunk SET state = ?, body = ? WHERE seq = ?',
        encodeChunkState(chunk.state),
        this.#encodeAgain(chunk),
        chunk.seq,
      )
      this.#sql.exec('DELETE FROM log WHERE n BETWEEN ? AND ?', chunk.from, chunk.to)
    })
  }

  /** Stores what is known of a planned chunk of unknown keys; its log rows stay. */
  noteVerdict(chunk: Chunk): void {
    const body = this.#encodeAgain(chunk)
    this.#sql.exec('UPDATE chunk SET body = ? WHERE seq = ?', body, chunk.seq)
  }

  /** What only the row remembers stays in it. */
  #encodeAgain(chunk: Chunk): Uint8Array {
    return encodeChunk(chunk, this.readChunk(chunk.seq)?.packed ?? NOTHING_PACKED)
  }

  /** The chunks up to a number, without what only their rows remember: so little is read of them. */
  *readHeads(to: number): Generator<Chunk> {
    const rows = this.#sql.exec<StoredRow>(
      'SELECT seq, state, substr(body, 1, ?) AS body FROM chunk WHERE seq <= ? ORDER BY seq',
      HEAD_BYTES,
      to,
    )
    for (const row of rows) {
      const head = decodeHead(toStored(row)) ?? this.readChunk(row.seq)
      if (head !== null) yield head
    }
  }

  /** The chunks after a number, with their items. */
  *readChunksAfter(seq: number): Generator<IndexedChunk> {
    const rows = this.#sql.exec<StoredRow>(
      'SELECT seq, state, body FROM chunk WHERE seq > ? ORDER BY seq',
      seq,
    )
    for (const row of rows) yield decodeChunk(toStored(row))
  }

  /** The rows of some chunks. */
  readIndexed(chunks: readonly { readonly seq: number }[]): IndexedChunk[] {
    return chunks.map(({ seq }) => this.readChunk(seq)).filter((chunk) => chunk !== null)
  }

  /** One chunk's row, while it is kept. */
  readChunk(seq: number): IndexedChunk | null {
    const [row] = this.#sql.exec<StoredRow>('SELECT seq, state, body FROM chunk WHERE seq = ?', seq)
    return row === undefined ? null : decodeChunk(toStored(row))
  }

  /** Deletes chunk rows and adds their counts to the totals of their hours, in one transaction. */
  forgetChunks(chunks: readonly Pick<Chunk, 'seq' | 'plannedAtMs' | 'counts'>[]): void {
    const byHour = Map.groupBy(chunks, ({ plannedAtMs }) => Math.floor(plannedAtMs / HOUR_MS))
    this.#storage.transactionSync(() => {
      for (const [hour, theirs] of byHour) {
        const total = theirs.map(({ counts }) => counts).reduce(addCounts, this.#readHour(hour))
        const body = JSON.stringify({ v: 1, ...total })
        this.#sql.exec('INSERT OR REPLACE INTO hour VALUES (?, ?)', hour, body)
      }
      for (const { seq } of chunks) this.#sql.exec('DELETE FROM chunk WHERE seq = ?', seq)
    })
  }

  /** The totals of the hours whose chunk rows are forgotten. */
  *readHours(): Generator<Counts & { readonly hourMs: number }> {
    const rows = this.#sql.exec<{ hour: number; body: string }>('SELECT hour, body FROM hour')
    for (const { hour, body } of rows) {
      yield { ...addCounts(JSON.parse(body), NO_COUNTS), hourMs: hour * HOUR_MS }
    }
  }

  /** The sum of all hours whose chunk rows are forgotten. */
  sumHours(): Counts {
    const rows = this.#sql.exec<{ body: string }>('SELECT body FROM hour').toArray()
    return rows.map(({ body }) => JSON.parse(body) as Counts).reduce(addCounts, NO_COUNTS)
  }

  #readHour(hour: number): Counts {
    const [row] = this.#sql.exec<{ body: string }>('SELECT body FROM hour WHERE hour = ?', hour)
    return row === undefined ? NO_COUNTS : (JSON.parse(row.body) as Counts)
  }
}

const toStored = ({ body, ...row }: StoredRow): StoredChunk => ({
  ...row,
  body: new Uint8Array(body),
})
