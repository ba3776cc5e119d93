import { once } from 'node:events'

const WORKER = '/core:user:'
const MB = 1_000_000

/** What `Runtime.getHeapUsage` of the inspector answers, in bytes. */
interface HeapUsage {
  readonly usedSize: number
  readonly backingStorageSize?: number
}

/** A Worker's heap as the inspector tells: objects and array buffers, garbage included, in MB. */
export async function openHeap(inspector: URL): Promise<() => Promise<number>> {
  const socket = new WebSocket(new URL(WORKER, inspector))
  const waiting = new Map<number, (usage: HeapUsage) => void>()
  let asked = 0
  socket.addEventListener('message', ({ data }) => {
    const { id, result } = JSON.parse(String(data)) as { id: number; result: HeapUsage }
    waiting.get(id)?.(result)
    waiting.delete(id)
  })
  await once(socket, 'open')
  return async () => {
    asked += 1
    const answer = new Promise<HeapUsage>((resolve) => waiting.set(asked, resolve))
    socket.send(JSON.stringify({ id: asked, method: 'Runtime.getHeapUsage' }))
    const { usedSize, backingStorageSize = 0 } = await answer
    return (usedSize + backingStorageSize) / MB
  }
}
