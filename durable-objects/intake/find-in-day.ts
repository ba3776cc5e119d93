import type { Hash } from '../../worker/event/segment.ts'

/** Reads some entries of a day's object, 12 bytes each. */
export type ReadEntries = (from: number, count: number) => Promise<Uint8Array>

/** hash 8 · chunk u32, sorted by hash. */
export const DAY_ENTRY_BYTES = 12
const MIN_WINDOW_ENTRIES = 1_024
/** After so many guesses in vain the hashes are not what they should be, and halving is quicker. */
const MAX_GUESSES = 4
const HASHES = 2n ** 64n

/**
 * The chunks of a hash in a day's object. Hashes are uniform, so where one stands follows from its value,
 * give or take twice the root of their number: nearly always one read.
 */
export async function findInDay(hash: Hash, entries: number, read: ReadEntries): Promise<number[]> {
  const most = Math.max(MIN_WINDOW_ENTRIES, 4 * Math.ceil(Math.sqrt(entries)))
  let [low, high] = [
    { at: 0, hash: 0n },
    { at: entries, hash: HASHES },
  ]
  for (let guesses = 0; low.at < high.at; guesses += 1) {
    const size = Math.min(most, high.at - low.at)
    const share = guesses < MAX_GUESSES ? shareOf(hash, low.hash, high.hash) : 0.5
    const middle = low.at + Math.floor(share * (high.at - low.at))
    const from = Math.min(Math.max(low.at, middle - (size >>> 1)), high.at - size)
    const window = await readWindow(read, from, size)
    if (window.lastHash < hash) low = { at: from + size, hash: window.lastHash }
    else if (window.firstHash > hash) high = { at: from, hash: window.firstHash }
    else return readAround(hash, { window, low: low.at, high: high.at, read, most })
  }
  return []
}

const shareOf = (hash: Hash, low: Hash, high: Hash) =>
  high === low ? 0.5 : Number(((hash - low) * 1_000_000n) / (high - low)) / 1_000_000

interface Window {
  readonly from: number
  readonly size: number
  readonly firstHash: Hash
  readonly lastHash: Hash
  readonly chunksOf: (hash: Hash) => number[]
}

interface Place {
  readonly window: Window
  readonly low: number
  readonly high: number
  readonly read: ReadEntries
  readonly most: number
}

/** The chunks of a hash in a window, and in those beside it as far as the hash goes on there. */
async function readAround(hash: Hash, { window, low, high, read, most }: Place): Promise<number[]> {
  const found = window.chunksOf(hash)
  for (let left = window; left.firstHash === hash && left.from > low; ) {
    const size = Math.min(most, left.from - low)
    left = await readWindow(read, left.from - size, size)
    found.unshift(...left.chunksOf(hash))
  }
  for (let right = window; right.lastHash === hash && right.from + right.size < high; ) {
    const from = right.from + right.size
    right = await readWindow(read, from, Math.min(most, high - from))
    found.push(...right.chunksOf(hash))
  }
  return found
}

async function readWindow(read: ReadEntries, from: number, size: number): Promise<Window> {
  const bytes = await read(from, size)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const hashAt = (index: number) => view.getBigUint64(index * DAY_ENTRY_BYTES)
  return {
    from,
    size,
    firstHash: hashAt(0),
    lastHash: hashAt(size - 1),
    chunksOf: (hash) => {
      const chunks: number[] = []
      for (let index = 0; index < size; index += 1) {
        if (hashAt(index) === hash) chunks.push(view.getUint32(index * DAY_ENTRY_BYTES + 8))
      }
      return chunks
    },
  }
}
