import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'

/** Storage of a simulated object; it outlives the object. */
export interface StorageHooks {
  /** Throws when a write is to fail. */
  readonly beforeWrite: (query: string) => void
  readonly onAlarm: (atMs: number | null) => void
}

/**
 * What workerd's storage promises, over SQLite: the writes of one synchronous step are one transaction,
 * kept when the step ends or a call goes out, undone when the object is given up before that.
 */
export class SimStorage {
  alarmAtMs: number | null = null
  readonly #db = new DatabaseSync(':memory:')
  readonly #hooks: StorageHooks
  readonly #statements = new Map<string, StatementSync>()
  #undoAlarm: { readonly atMs: number | null } | null = null
  #depth = 0

  constructor(hooks: StorageHooks) {
    this.#hooks = hooks
  }

  /** `ctx.storage` of one life; of a dead one nothing is heard any more. */
  open(isDead: () => boolean): DurableObjectStorage {
    const alive = () => {
      if (isDead()) throw new Error('the object was given up')
    }
    const storage = {
      sql: {
        exec: (query: string, ...values: SQLInputValue[]) => {
          alive()
          return toCursor(this.#exec(query, values))
        },
      },
      transactionSync: <T>(work: () => T): T => {
        alive()
        return this.#transact(work)
      },
      getAlarm: async () => this.alarmAtMs,
      setAlarm: async (atMs: number) => {
        if (isDead()) return // nobody awaits it
        this.#begin()
        this.alarmAtMs = atMs
        this.#hooks.onAlarm(atMs)
      },
    }
    return storage as unknown as DurableObjectStorage // all that the objects use
  }

  /** Rows as a test reads them. */
  read(query: string): Record<string, unknown>[] {
    return this.#prepare(query).all()
  }

  commit(): void {
    if (this.#undoAlarm === null) return
    this.#undoAlarm = null
    this.#db.exec('COMMIT')
  }

  rollback(): void {
    if (this.#undoAlarm === null) return
    this.alarmAtMs = this.#undoAlarm.atMs
    this.#undoAlarm = null
    this.#db.exec('ROLLBACK')
    this.#hooks.onAlarm(this.alarmAtMs)
  }

  close(): void {
    this.#db.close()
  }

  #exec(query: string, values: readonly SQLInputValue[]): Record<string, unknown>[] {
    if (!/^\s*SELECT/i.test(query)) {
      this.#hooks.beforeWrite(query)
      this.#begin()
    }
    return this.#prepare(query).all(...values)
  }

  #begin(): void {
    if (this.#undoAlarm !== null) return
    this.#undoAlarm = { atMs: this.alarmAtMs }
    this.#db.exec('BEGIN')
    queueMicrotask(() => this.commit())
  }

  #transact<T>(work: () => T): T {
    this.#begin()
    const name = `s${this.#depth++}`
    this.#db.exec(`SAVEPOINT ${name}`)
    try {
      return work()
    } catch (error) {
      this.#db.exec(`ROLLBACK TO ${name}`)
      throw error
    } finally {
      this.#depth -= 1
      this.#db.exec(`RELEASE ${name}`)
    }
  }

  #prepare(query: string): StatementSync {
    const statement = this.#statements.get(query) ?? this.#db.prepare(query)
    this.#statements.set(query, statement)
    return statement
  }
}

/** A blob is a Uint8Array here and an ArrayBuffer in workerd. */
function toCursor(found: readonly Record<string, unknown>[]) {
  const rows = found.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        value instanceof Uint8Array ? value.slice().buffer : value,
      ]),
    ),
  )
  const one = () => {
    const [row] = rows
    if (row === undefined || rows.length > 1) throw new Error(`${rows.length} rows, not one`)
    return row
  }
  return { toArray: () => rows, one, [Symbol.iterator]: () => rows[Symbol.iterator]() }
}
