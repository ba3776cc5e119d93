/**
 * Entries of a run before it is encoded, a column each: a quarter of a million objects, with a bigint
 * apiece, would hold the Intake up for a second.
 */
export class RunEntries {
  /** The halves of the hashes. */
  readonly highs: Uint32Array
  readonly lows: Uint32Array
  readonly chunks: Uint32Array
  readonly kinds: Uint8Array
  #length = 0

  constructor(capacity: number) {
    this.highs = new Uint32Array(capacity)
    this.lows = new Uint32Array(capacity)
    this.chunks = new Uint32Array(capacity)
    this.kinds = new Uint8Array(capacity)
  }

  get length(): number {
    return this.#length
  }

  add(entry: { high: number; low: number; chunk: number; kind: number }): void {
    const at = this.#length
    this.highs[at] = entry.high
    this.lows[at] = entry.low
    this.chunks[at] = entry.chunk
    this.kinds[at] = entry.kind
    this.#length += 1
  }
}

const DIGIT_BITS = 16
const DIGITS = 2 ** DIGIT_BITS

/** The places of all entries, by hash; equal hashes stay in the order in which they were added. */
export function orderByHash({ length, highs, lows }: RunEntries): Uint32Array {
  let order: Uint32Array = Uint32Array.from({ length }, (_, index) => index)
  for (const column of [lows, highs]) {
    for (const shift of [0, DIGIT_BITS]) order = orderByDigit(order, column, shift)
  }
  return order
}

/** One pass of a radix sort: places in a given order, sorted anew by one digit of a column. */
function orderByDigit(order: Uint32Array, column: Uint32Array, shift: number): Uint32Array {
  const next = new Uint32Array(DIGITS)
  for (let at = 0; at < order.length; at += 1) {
    const digit = ((column[at] ?? 0) >>> shift) & (DIGITS - 1)
    next[digit] = (next[digit] ?? 0) + 1
  }
  let before = 0
  for (let digit = 0; digit < DIGITS; digit += 1) {
    const count = next[digit] ?? 0
    next[digit] = before
    before += count
  }
  const sorted = new Uint32Array(order.length)
  for (let at = 0; at < order.length; at += 1) {
    const place = order[at] ?? 0
    const digit = ((column[place] ?? 0) >>> shift) & (DIGITS - 1)
    const to = next[digit] ?? 0
    sorted[to] = place
    next[digit] = to + 1
  }
  return sorted
}
