import { EMPTY_PROFILE, type ProfileState } from './profile-state.ts'
import { decodeState, encodeState } from './state-row.ts'

/** A row holds at most 2 MB, by the platform. */
const MAX_ROW_BYTES = 1_900_000

/** A profile as it was stored, and how many bytes it took. */
export interface StoredProfile {
  readonly state: ProfileState
  readonly bytes: number
}

/** The Profile's table: its state in one row, in more if it is very large; every method is synchronous. */
export class ProfileStore {
  readonly #storage: DurableObjectStorage
  readonly #sql: SqlStorage

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage
    this.#sql = storage.sql
  }

  /** Writes nothing where nothing is stored; throws on an unknown version. */
  read(): StoredProfile {
    const tables = this.#sql.exec("SELECT name FROM sqlite_master WHERE name = 'state'")
    if (tables.toArray().length === 0) return { state: EMPTY_PROFILE, bytes: 0 }
    const rows = this.#sql.exec<{ body: ArrayBuffer }>('SELECT body FROM state ORDER BY i')
    const pieces = rows.toArray().map(({ body }) => new Uint8Array(body))
    if (pieces.length === 0) return { state: EMPTY_PROFILE, bytes: 0 }
    const bytes = joinBytes(pieces)
    return { state: decodeState(new TextDecoder().decode(bytes)), bytes: bytes.length }
  }

  write(state: ProfileState): StoredProfile {
    const bytes = new TextEncoder().encode(encodeState(state))
    const rows = Math.ceil(bytes.length / MAX_ROW_BYTES)
    this.#storage.transactionSync(() => {
      this.#sql.exec('CREATE TABLE IF NOT EXISTS state (i INTEGER PRIMARY KEY, body BLOB)')
      for (let row = 0; row < rows; row += 1) {
        const body = bytes.slice(row * MAX_ROW_BYTES, (row + 1) * MAX_ROW_BYTES)
        this.#sql.exec('INSERT OR REPLACE INTO state VALUES (?, ?)', row, body)
      }
      this.#sql.exec('DELETE FROM state WHERE i >= ?', rows)
    })
    return { state, bytes: bytes.length }
  }
}

function joinBytes(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces
  if (only !== undefined && pieces.length === 1) return only
  const joined = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    joined.set(piece, at)
    at += piece.length
  }
  return joined
}
