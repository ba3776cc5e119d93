import type { Hash } from '../../worker/event/segment.ts'

/** Where a hash occurred: in which chunk, as what (0 an event; segment.ts has the other kinds). */
export interface IndexEntry {
  readonly hash: Hash
  readonly chunk: number
  readonly kind: number
}

/** A sorted run of entries, cut into pages; small enough that a look-up reads one page. */
export interface EncodedRun {
  readonly pages: readonly Uint8Array[]
  /** The first hash of each page. */
  readonly firsts: BigUint64Array
  /** A Bloom filter over all hashes; empty if none is wanted. */
  readonly filter: Uint8Array
}

// hash 8 · chunk u32 · kind u8
const ENTRY_BYTES = 8 + 4 + 1
/** 16 KB. */
const PAGE_ENTRIES = 1_260
/** One look-up in 2,000 reads a page in vain. */
const FILTER_BITS_PER_ENTRY = 16
const FILTER_PROBES = 6
const LOW_BITS = 0xffff_ffffn

/** Sorts and encodes entries; one hash may occur more than once. */
export function encodeRun(entries: readonly IndexEntry[], hasFilter = true): EncodedRun {
  const sorted = sortEntries(entries)
  const pages: Uint8Array[] = []
  for (let at = 0; at < sorted.length; at += PAGE_ENTRIES) {
    pages.push(encodePage(sorted.slice(at, at + PAGE_ENTRIES)))
  }
  const firsts = BigUint64Array.from(pages, (page) => viewOf(page).getBigUint64(0))
  const filterBytes = Math.ceil((sorted.length * FILTER_BITS_PER_ENTRY) / 8)
  const filter = new Uint8Array(hasFilter ? filterBytes : 0)
  if (!hasFilter) return { pages, firsts, filter }
  for (const { hash } of sorted) {
    for (const bit of probe(hash, filter)) setBit(filter, bit)
  }
  return { pages, firsts, filter }
}

/** Whether a hash may be in a run; false is certain. */
export function mayContain(filter: Uint8Array, hash: Hash): boolean {
  if (filter.length === 0) return false
  for (const bit of probe(hash, filter)) {
    if (((filter[bit >>> 3] ?? 0) & (1 << (bit & 7))) === 0) return false
  }
  return true
}

/** The pages on which a hash may stand, first and last: equal hashes may go over an edge. */
export function findPages(firsts: BigUint64Array, hash: Hash): { from: number; to: number } {
  let low = 0
  let high = firsts.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((firsts[middle] ?? 0n) < hash) low = middle + 1
    else high = middle
  }
  let to = low
  while (to < firsts.length && firsts[to] === hash) to += 1
  return { from: Math.max(0, low - 1), to: to - 1 }
}

/** All entries of a hash on a page. */
export function findEntries(page: Uint8Array, hash: Hash): IndexEntry[] {
  const view = viewOf(page)
  const count = page.length / ENTRY_BYTES
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (view.getBigUint64(middle * ENTRY_BYTES) < hash) low = middle + 1
    else high = middle
  }
  const found: IndexEntry[] = []
  for (let index = low; index < count; index += 1) {
    const at = index * ENTRY_BYTES
    if (view.getBigUint64(at) !== hash) break
    found.push({ hash, chunk: view.getUint32(at + 8), kind: view.getUint8(at + 12) })
  }
  return found
}

/**
 * By hash, then chunk. Hashes are uniform, so that their first 16 bits put nearly every entry in its
 * place: sorting a quarter of a million by comparison would hold the object up for a second.
 */
function sortEntries(entries: readonly IndexEntry[]): IndexEntry[] {
  const buckets: IndexEntry[][] = []
  for (const entry of entries) {
    const bucket = Number(entry.hash >> 48n)
    const others = buckets[bucket]
    if (others === undefined) buckets[bucket] = [entry]
    else others.push(entry)
  }
  return buckets.flatMap((bucket) => (bucket.length > 1 ? bucket.sort(compareEntries) : bucket))
}

function compareEntries(one: IndexEntry, other: IndexEntry): number {
  if (one.hash !== other.hash) return one.hash < other.hash ? -1 : 1
  return one.chunk - other.chunk
}

function encodePage(entries: readonly IndexEntry[]): Uint8Array {
  const page = new Uint8Array(entries.length * ENTRY_BYTES)
  const view = viewOf(page)
  for (const [index, { hash, chunk, kind }] of entries.entries()) {
    const at = index * ENTRY_BYTES
    view.setBigUint64(at, hash)
    view.setUint32(at + 8, chunk)
    view.setUint8(at + 12, kind)
  }
  return page
}

/** Bits that a hash sets: its halves make as many as are wanted (Kirsch and Mitzenmacher, 2006). */
function* probe(hash: Hash, filter: Uint8Array): Generator<number> {
  const bits = filter.length * 8
  const first = Number(hash & LOW_BITS)
  const second = (Number(hash >> 32n) | 1) >>> 0
  for (let n = 0; n < FILTER_PROBES; n += 1) yield (first + n * second) % bits
}

function setBit(filter: Uint8Array, bit: number): void {
  const index = bit >>> 3
  filter[index] = (filter[index] ?? 0) | (1 << (bit & 7))
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
