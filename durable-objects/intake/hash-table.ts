import type { Hash } from '../../worker/event/segment.ts'

const INITIAL_SLOTS = 1_024
/** Fuller tables probe too long. */
const MAX_LOAD = 0.6
const EMPTY = 0n

/** A set of 64-bit hashes in one typed array: 8 bytes a slot, where a Set of bigints takes over 60. */
export class HashTable {
  #slots = new BigUint64Array(INITIAL_SLOTS)
  #size = 0

  get size(): number {
    return this.#size
  }

  has(hash: Hash): boolean {
    return this.#slots[this.#find(hash)] === hash && hash !== EMPTY
  }

  add(hash: Hash): void {
    if (hash === EMPTY || this.has(hash)) return
    if (this.#size + 1 > this.#slots.length * MAX_LOAD) this.#grow()
    this.#slots[this.#find(hash)] = hash
    this.#size += 1
  }

  /** The slot of a hash, or the empty slot where it belongs; the length is a power of two. */
  #find(hash: Hash): number {
    const mask = this.#slots.length - 1
    let slot = Number(hash & 0xffff_ffffn) & mask
    while (this.#slots[slot] !== EMPTY && this.#slots[slot] !== hash) slot = (slot + 1) & mask
    return slot
  }

  #grow(): void {
    const old = this.#slots
    this.#slots = new BigUint64Array(old.length * 2)
    for (const hash of old) if (hash !== EMPTY) this.#slots[this.#find(hash)] = hash
  }
}
