import { DurableObject } from 'cloudflare:workers'
import { parseFilters } from './live-filters.ts'
import { LiveTail } from './live-tail.ts'
import { type LiveTicket, LiveTickets } from './live-tickets.ts'

/** A Durable Object whose commits can be watched while they are made. */
export class WatchedObject extends DurableObject<Env> {
  protected readonly tail: LiveTail
  readonly #tickets: LiveTickets

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.tail = new LiveTail(ctx)
    this.#tickets = new LiveTickets(ctx.storage.sql)
  }

  /** Opens a WebSocket for a caller who may watch: `?filters=` as JSON. Who may is decided before. */
  override fetch(request: Request): Response {
    const given = new URL(request.url).searchParams.get('filters') ?? '{}'
    const parsed = parseFilters(JSON.parse(given))
    return 'fault' in parsed
      ? new Response(parsed.fault, { status: 400 })
      : this.tail.accept(parsed.filters)
  }

  /** A new ticket for one look at the tail. */
  issueLiveTicket(): LiveTicket {
    return this.#tickets.issue(Date.now())
  }

  /** Whether a ticket holds; it holds once. */
  redeemLiveTicket(ticket: string): boolean {
    return this.#tickets.redeem(ticket, Date.now())
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    this.tail.hear(socket, message)
  }

  override webSocketClose(socket: WebSocket): void {
    this.tail.forget(socket)
    socket.close(1000) // the other half of the closing handshake
  }

  override webSocketError(socket: WebSocket): void {
    this.tail.forget(socket)
  }
}
