/** An item as the live tail shows it; `reason` only for a discard. */
export interface LiveItem {
  readonly kind: 'event' | 'duplicate' | 'discard'
  readonly reason?: string
  readonly receivedAt: string
  readonly event: unknown
}

/** What arrives at once, and how many items were left out before it. */
export interface LiveFrame {
  readonly items: readonly LiveItem[]
  readonly dropped: number
}

export type LiveState = 'connecting' | 'live' | 'retrying' | 'refused'

/** Where a tail is, and who looks at it. */
export interface TailOptions {
  readonly source: string
  /** A new ticket; null if none will be given. Rejects while nobody answers. */
  readonly ticket: () => Promise<string | null>
  /** The filters as they are now. */
  readonly filters: () => object
  readonly onFrame: (frame: LiveFrame) => void
  readonly onState: (state: LiveState) => void
}

const PING_MS = 30_000
const FIRST_RETRY_MS = 1_000
const MAX_RETRY_MS = 8_000

/** Watches the tail of a source, each connection with a ticket of its own, until it is stopped. */
export class Tail {
  readonly #options: TailOptions
  #socket: WebSocket | null = null
  #retryMs = FIRST_RETRY_MS
  #isStopped = false

  constructor(options: TailOptions) {
    this.#options = options
    void this.#run()
  }

  /** Tells the other side that the filters have changed. */
  sendFilters(): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return // sent once it is open
    this.#socket.send(JSON.stringify({ filters: this.#options.filters() }))
  }

  stop(): void {
    this.#isStopped = true
    this.#socket?.close()
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      this.#tell('connecting')
      const ticket = await this.#options.ticket().catch(() => undefined)
      if (ticket === null) break
      if (ticket !== undefined && !this.#isStopped) await this.#watch(ticket)
      this.#tell('retrying')
      await new Promise((resolve) => setTimeout(resolve, this.#retryMs))
      this.#retryMs = Math.min(this.#retryMs * 2, MAX_RETRY_MS)
    }
    this.#tell('refused')
  }

  /** Resolves when the connection has ended. */
  #watch(ticket: string): Promise<void> {
    const url = new URL(
      `/api/sources/${encodeURIComponent(this.#options.source)}/live`,
      location.href,
    )
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    url.searchParams.set('ticket', ticket)
    const socket = new WebSocket(url)
    this.#socket = socket
    const pings = setInterval(() => this.#ping(), PING_MS)
    socket.addEventListener('open', () => {
      this.#retryMs = FIRST_RETRY_MS
      this.sendFilters()
      this.#tell('live')
    })
    socket.addEventListener('message', ({ data }) => this.#hear(data))
    const { promise, resolve } = Promise.withResolvers<void>()
    socket.addEventListener('close', () => {
      clearInterval(pings)
      resolve()
    })
    return promise
  }

  /** A connection on which nothing is said is cut somewhere on its way; the object sleeps on. */
  #ping(): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send('ping')
  }

  #hear(data: unknown): void {
    if (this.#isStopped || typeof data !== 'string' || !data.startsWith('{"items":')) return
    this.#options.onFrame(JSON.parse(data) as LiveFrame) // of the server this page came from
  }

  #tell(state: LiveState): void {
    if (!this.#isStopped) this.#options.onState(state)
  }
}
