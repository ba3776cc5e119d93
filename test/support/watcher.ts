import { vi } from 'vitest'

/** An item as a watcher is sent it. */
export interface ShownItem {
  readonly kind: 'event' | 'duplicate' | 'discard'
  readonly reason?: string
  readonly receivedAt: string
  readonly event: { readonly [field: string]: unknown } | string | null
}

interface Frame {
  readonly items: readonly ShownItem[]
  readonly dropped: number
}

/** The client's end of a live tail. */
export class Watcher {
  /** Everything that was received: frames, errors, pongs. */
  readonly messages: string[] = []
  readonly socket: WebSocket
  closed: number | null = null

  constructor(response: Response) {
    const { webSocket } = response
    if (!webSocket) throw new Error(`no WebSocket, but status ${response.status}`)
    this.socket = webSocket
    webSocket.accept()
    webSocket.addEventListener('message', ({ data }) => {
      this.messages.push(String(data))
    })
    webSocket.addEventListener('close', ({ code }) => {
      this.closed = code
    })
  }

  get frames(): Frame[] {
    return this.messages
      .filter((text) => text.startsWith('{"items"'))
      .map((text) => JSON.parse(text))
  }

  get items(): ShownItem[] {
    return this.frames.flatMap(({ items }) => items)
  }

  /** The items once there are as many. */
  async shown(count: number): Promise<ShownItem[]> {
    await vi.waitFor(
      () => {
        if (this.items.length < count) throw new Error(`${this.items.length} of ${count} items`)
      },
      { timeout: 3_000, interval: 5 },
    )
    return this.items
  }

  /** The next answer to a message. */
  async ask(message: string): Promise<string | undefined> {
    const { length } = this.messages
    this.socket.send(message)
    await vi.waitFor(() => {
      if (this.messages.length === length) throw new Error(`no answer to ${message}`)
    })
    return this.messages[length]
  }
}
