import type { IdKey } from './external-id.ts'
import { decodeLinks, encodeLinks, LINKS_PER_ROW } from './journal-row.ts'
import type { Changes, IdentityState, ProfileRecord } from './profile-record.ts'
import { decodeProfile, encodeMoved, encodeProfile } from './profile-row.ts'
import type { Link } from './protocol.ts'

/** JSON of one statement, far below the 2 MB that a bound value may have. */
const MAX_BATCH_CHARACTERS = 500_000

// CROSS JOIN: what was asked is read first and the table looked up by its key, never the reverse.
const READ_IDS = `SELECT lower(hex(id.k)) AS k, id.p AS p
  FROM json_each(?) AS asked CROSS JOIN id ON id.k = unhex(asked.value)`
const READ_PROFILES = `SELECT profile.p AS p, profile.body AS body
  FROM json_each(?) AS asked CROSS JOIN profile ON profile.p = asked.value`
// What is there already is not written: a row written is what an object pays for.
const WRITE_IDS = `INSERT INTO id SELECT unhex(value ->> 0), value ->> 1 FROM json_each(?) WHERE true
  ON CONFLICT (k) DO UPDATE SET p = excluded.p WHERE p <> excluded.p`
const WRITE_PROFILES = `INSERT INTO profile SELECT value ->> 0, value ->> 1 FROM json_each(?) WHERE true
  ON CONFLICT (p) DO UPDATE SET body = excluded.body WHERE body <> excluded.body`

/** What a table `meta` holds: the key of the HMAC, and the policy as JSON. */
export type MetaName = 'secret' | 'policy'

/** The tables of Identity (identity.md, section 4); every method is synchronous. */
export class IdentityStore {
  readonly #storage: DurableObjectStorage
  readonly #sql: SqlStorage
  /** The number given last; the end of the journal says the same. */
  #lastN: number

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage
    this.#sql = storage.sql
    storage.transactionSync(() => {
      for (const table of [
        'id (k BLOB PRIMARY KEY, p INTEGER) WITHOUT ROWID',
        'profile (p INTEGER PRIMARY KEY, body TEXT)',
        'link (first INTEGER PRIMARY KEY, body TEXT)',
        'meta (k TEXT PRIMARY KEY, v TEXT) WITHOUT ROWID',
      ]) {
        this.#sql.exec(`CREATE TABLE IF NOT EXISTS ${table}`)
      }
    })
    this.#lastN = this.#readRowOf(Number.MAX_SAFE_INTEGER).at(-1)?.n ?? 0
  }

  readMeta(name: MetaName): string | null {
    const [row] = this.#sql.exec<{ v: string }>('SELECT v FROM meta WHERE k = ?', name).toArray()
    return row?.v ?? null
  }

  writeMeta(name: MetaName, value: string): void {
    this.#sql.exec('INSERT OR REPLACE INTO meta VALUES (?, ?)', name, value)
  }

  /** Reads what a call needs: the ids it names, and their profiles. */
  lend(keys: Iterable<IdKey>): IdentityState {
    const state = this.lendWithin(keys, Number.POSITIVE_INFINITY)
    if (state === null) throw new Error('nothing is without a limit')
    return state
  }

  /** The same; null if the rows of the profiles have more characters than a limit. */
  lendWithin(keys: Iterable<IdKey>, maxCharacters: number): IdentityState | null {
    const ids = new Map<IdKey, number>()
    for (const batch of batches([...new Set(keys)])) {
      for (const { k, p } of this.#sql.exec<{ k: string; p: number }>(READ_IDS, batch))
        ids.set(k, p)
    }
    const profiles = new Map<number, ProfileRecord>()
    let characters = 0
    for (const batch of batches([...new Set(ids.values())])) {
      const rows = this.#sql.exec<{ p: number; body: string }>(READ_PROFILES, batch)
      for (const { p, body } of rows) {
        characters += body.length
        if (characters > maxCharacters) return null
        profiles.set(p, decodeProfile(p, body))
      }
    }
    return { lastN: this.#lastN, ids, profiles }
  }

  /** Writes what a call changed, in one transaction; numbers go on only after it. */
  write({ ids, profiles, moved, links }: Changes): void {
    const bodies = [
      ...profiles.map((each) => [each.p, encodeProfile(each)] as const),
      ...moved.map((each) => [each.p, encodeMoved(each)] as const),
    ]
    if (bodies.length === 0) return
    this.#storage.transactionSync(() => {
      for (const batch of batches([...ids])) this.#sql.exec(WRITE_IDS, batch)
      for (const batch of batches(bodies)) this.#sql.exec(WRITE_PROFILES, batch)
      for (let at = 0; at < links.length; at += LINKS_PER_ROW) {
        const body = encodeLinks(links.slice(at, at + LINKS_PER_ROW))
        this.#sql.exec('INSERT INTO link VALUES (?, ?)', this.#lastN + at + 1, body)
      }
    })
    this.#lastN += links.length
  }

  /** Reads links by their numbers, which ascend. */
  readLinks(numbers: readonly number[]): Link[] {
    let row: readonly Link[] = []
    const found: Link[] = []
    for (const n of numbers) {
      if ((row.at(-1)?.n ?? 0) < n) row = this.#readRowOf(n)
      const link = row.find((each) => each.n === n)
      if (link !== undefined) found.push(link)
    }
    return found
  }

  /** The row that has a link, or the last one before it. */
  #readRowOf(n: number): Link[] {
    const query = 'SELECT first, body FROM link WHERE first <= ? ORDER BY first DESC LIMIT 1'
    const [row] = this.#sql.exec<{ first: number; body: string }>(query, n).toArray()
    return row === undefined ? [] : decodeLinks(row.first, row.body)
  }
}

/** JSON arrays of all values, none much larger than a statement may bind. */
function* batches(values: readonly unknown[]): Generator<string> {
  let [texts, characters]: [string[], number] = [[], 0]
  for (const value of values) {
    const text = JSON.stringify(value)
    if (characters + text.length > MAX_BATCH_CHARACTERS && texts.length > 0) {
      yield `[${texts.join()}]`
      ;[texts, characters] = [[], 0]
    }
    texts.push(text)
    characters += text.length
  }
  if (texts.length > 0) yield `[${texts.join()}]`
}
