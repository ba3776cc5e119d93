import { createHash } from 'node:crypto'

const TICKET_BYTES = 32
const TICKET_MS = 60_000
/** One more ends the oldest. */
const MAX_OPEN_TICKETS = 100

/** A ticket as its holder gets it; `expiresAt` in ISO 8601. */
export interface LiveTicket {
  readonly ticket: string
  readonly expiresAt: string
}

/** Tickets for one look at the live tail, for browsers, which can send no token with a WebSocket. */
export class LiveTickets {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  /** Makes a ticket that holds for a minute and is stored as its hash only. */
  issue(nowMs: number): LiveTicket {
    const bytes = crypto.getRandomValues(new Uint8Array(TICKET_BYTES))
    const ticket = Buffer.from(bytes).toString('base64url')
    const expiresMs = nowMs + TICKET_MS
    this.#createTable()
    this.#sql.exec('DELETE FROM ticket WHERE expires <= ?', nowMs)
    this.#sql.exec(
      'DELETE FROM ticket WHERE hash IN (SELECT hash FROM ticket ORDER BY expires DESC LIMIT -1 OFFSET ?)',
      MAX_OPEN_TICKETS - 1,
    )
    this.#sql.exec('INSERT INTO ticket VALUES (?, ?)', hashTicket(ticket), expiresMs)
    return { ticket, expiresAt: new Date(expiresMs).toISOString() }
  }

  /** Whether a ticket holds; it is gone then, whatever the answer. Found by its hash, so time tells nothing. */
  redeem(ticket: string, nowMs: number): boolean {
    this.#createTable()
    const [row] = this.#sql
      .exec<{ expires: number }>(
        'DELETE FROM ticket WHERE hash = ? RETURNING expires',
        hashTicket(ticket),
      )
      .toArray()
    return row !== undefined && row.expires > nowMs
  }

  /** On first use: who never watches has no such table. */
  #createTable(): void {
    this.#sql.exec(
      'CREATE TABLE IF NOT EXISTS ticket (hash TEXT PRIMARY KEY, expires INTEGER) WITHOUT ROWID',
    )
  }
}

const hashTicket = (ticket: string) => createHash('sha256').update(ticket).digest('hex')
