import { gzipSync } from 'node:zlib'
import { vi } from 'vitest'
import type { World } from './world.ts'

/** Time, dice and the gzip stream become the world's, until the returned function is called. */
export function installWorld(world: World): () => void {
  const { now } = Date
  const { random } = Math
  const randomUUID = crypto.randomUUID.bind(crypto)
  // Plain assignments: a spy would keep every one of a million calls.
  Date.now = () => world.nowMs
  Math.random = world.random
  crypto.randomUUID = () => newUuid(world)
  vi.spyOn(console, 'error').mockImplementation((line) => world.log(String(line)))
  vi.stubGlobal('setTimeout', (run: () => void, ms = 0) => world.at(world.nowMs + ms, guard(run)))
  vi.stubGlobal('clearTimeout', (cancel?: () => void) => cancel?.())
  vi.stubGlobal('CompressionStream', compressionStreamOf(world))
  return () => {
    Date.now = now
    Math.random = random
    crypto.randomUUID = randomUUID
    vi.unstubAllGlobals()
    vi.restoreAllMocks()
  }
}

function newUuid(world: World): ReturnType<typeof crypto.randomUUID> {
  const hex = (digits: number) =>
    Array.from({ length: digits }, () => world.between(0, 15).toString(16)).join('')
  return `${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}`
}

/** What a timer throws ends its object at most: whoever is given up has no one to tell. */
const guard = (run: () => void) => () => {
  try {
    run()
  } catch {
    // the object has aborted itself
  }
}

/** Gzip that takes some time of the world, as in a thread of its own. */
function compressionStreamOf(world: World) {
  return class extends TransformStream<Uint8Array, Uint8Array> {
    constructor() {
      const pieces: Uint8Array[] = []
      super({
        transform: (piece) => void pieces.push(piece),
        flush: async (controller) => {
          await world.sleep(world.between(0, 60))
          controller.enqueue(new Uint8Array(gzipSync(Buffer.concat(pieces), { level: 1 })))
        },
      })
    }
  }
}
