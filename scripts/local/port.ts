import { once } from 'node:events'
import { createServer } from 'node:net'

/** Whether a port of this machine's loopback address can be listened on. */
export async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return true
  } catch {
    return false
  } finally {
    server.close()
  }
}

/** Reads the variable PORT; throws an error that names it. The port above it is the demo's. */
export function parsePort(text = '8787'): number {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 1 && port <= 65_534) return port
  throw new Error(`PORT is ${JSON.stringify(text)}: it must be a whole number from 1 to 65534`)
}
