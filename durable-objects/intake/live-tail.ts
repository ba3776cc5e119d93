import { hashText } from '../hash-text.ts'
import { reportFailure } from '../report.ts'
import type { CommitRow } from './commit.ts'
import { isWanted, type LiveFilters, parseFilterMessage } from './live-filters.ts'
import { FrameBuffer } from './live-frame.ts'
import { type LiveItem, readLiveItems } from './live-item.ts'

/** Each commit is written once for each of them. */
const MAX_WATCHERS = 32
const MAX_MESSAGE_CHARACTERS = 4_096

interface Watcher {
  readonly filters: LiveFilters
  readonly buffer: FrameBuffer
}

/**
 * Shows what is committed to everyone who watches, over WebSockets that let the object sleep. While nobody
 * watches it reads nothing, and a timer runs only while items wait for their frame.
 *
 * A reader is slow when more is committed than its frames may hold, or when its socket refuses to be written to;
 * it is then told how much it missed. A client that stops reading is not noticed before its connection breaks:
 * the runtime says nothing of what it still has to send, which is why frames are small.
 */
export class LiveTail {
  readonly #ctx: DurableObjectState
  readonly #watchers = new Map<WebSocket, Watcher>()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(ctx: DurableObjectState) {
    this.#ctx = ctx
  }

  /** Takes a watcher: 101 with its socket, or 429 when there are too many. */
  accept(filters: LiveFilters): Response {
    if (this.#ctx.getWebSockets().length >= MAX_WATCHERS) return new Response(null, { status: 429 })
    const { 0: client, 1: server } = new WebSocketPair()
    // Keeps a quiet connection open, and is answered without waking the object.
    this.#ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'))
    this.#ctx.acceptWebSocket(server)
    server.serializeAttachment(filters)
    return new Response(null, { status: 101, webSocket: client })
  }

  /** Shows log rows as they were just written; a failure here never reaches the writer. */
  publish(commits: readonly { readonly row: CommitRow }[]): void {
    const sockets = this.#ctx.getWebSockets()
    if (sockets.length === 0) return
    try {
      const items = commits.flatMap(({ row }) => readLiveItems(row.segments))
      for (const socket of sockets) this.#offer(socket, items)
      this.#flush()
    } catch (error) {
      reportFailure('LIVE_TAIL_FAILED', {}, error)
    }
  }

  /** Changes a watcher's filters; a message that makes no sense is answered, and changes nothing. */
  hear(socket: WebSocket, message: string | ArrayBuffer): void {
    const isReadable = typeof message === 'string' && message.length <= MAX_MESSAGE_CHARACTERS
    const parsed = isReadable
      ? parseFilterMessage(message)
      : { fault: `the message must be a text of at most ${MAX_MESSAGE_CHARACTERS} characters` }
    if ('fault' in parsed) {
      socket.send(JSON.stringify({ error: parsed.fault }))
      return
    }
    const { buffer } = this.#watcher(socket)
    socket.serializeAttachment(parsed.filters)
    this.#watchers.set(socket, { filters: parsed.filters, buffer })
  }

  /** Forgets a watcher that is gone. */
  forget(socket: WebSocket): void {
    this.#watchers.delete(socket)
  }

  #offer(socket: WebSocket, items: readonly LiveItem[]): void {
    const { filters, buffer } = this.#watcher(socket)
    for (const item of items) if (isWanted(item, filters, hashText)) buffer.push(item.encoded)
  }

  /** After a sleep only the socket is left: its filters are its attachment, and nothing had to wait. */
  #watcher(socket: WebSocket): Watcher {
    const known = this.#watchers.get(socket)
    if (known !== undefined) return known
    const filters = socket.deserializeAttachment() as LiveFilters // ours: a deploy ends all sockets
    const watcher = { filters, buffer: new FrameBuffer() }
    this.#watchers.set(socket, watcher)
    return watcher
  }

  /** Sends what is due, and comes back when more is. */
  #flush(): void {
    clearTimeout(this.#timer)
    const nowMs = Date.now()
    const waits: number[] = []
    for (const [socket, { buffer }] of this.#watchers) {
      const frame = buffer.take(nowMs)
      if (frame !== null) this.#send(socket, frame)
      const waitMs = this.#watchers.has(socket) ? buffer.waitMs(nowMs) : null
      if (waitMs !== null) waits.push(waitMs)
    }
    if (waits.length === 0) return
    this.#timer = setTimeout(() => this.#flush(), Math.max(1, Math.min(...waits)))
  }

  #send(socket: WebSocket, frame: string): void {
    try {
      socket.send(frame)
    } catch {
      this.forget(socket) // it is closing: its client sees that by itself
    }
  }
}
