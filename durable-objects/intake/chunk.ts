import type { Counts } from './counts.ts'
import { EVENT_KIND, encodePacked } from './packed-index.ts'
import type { Owners } from './verify.ts'

export const CHUNK_VERSION = 2
/** It held message and segment ids alone, 8 bytes each. */
const IDS_VERSION = 1

export type ChunkState = 'planned' | 'archived' | 'routed'

/** Whose the write keys of an unverified chunk are, fixed before anything is forwarded. */
export interface Verdict {
  readonly owners: Owners
  /** Sources whose Intakes have their segments on disk. */
  readonly answered: readonly string[]
}

/** A chunk's row: fixed when planned, but for what archiving and routing add. */
export interface Chunk {
  readonly seq: number
  readonly state: ChunkState
  /** The commits it takes, both included. */
  readonly from: number
  readonly to: number
  readonly plannedAtMs: number
  readonly key: string
  readonly lines: number
  readonly rawBytes: number
  readonly crc32: number
  /** Null when the chunk has no line. */
  readonly firstReceivedAtMs: number | null
  readonly lastReceivedAtMs: number | null
  readonly counts: Counts
  /** Who is owed the chunk; null until it is archived. */
  readonly destinations: readonly string[] | null
  /** Of unknown keys only: whose they are, and who has taken what is theirs. */
  readonly verdict?: Verdict
}

/** A chunk with what only its row remembers: too much to keep of every chunk that waits for R2. */
export interface IndexedChunk extends Chunk {
  /** Its items by hash, and whose events it has, for 25 h: see packed-index.ts. */
  readonly packed: Uint8Array
}

/** A row of the table `chunk`. */
export interface StoredChunk {
  readonly seq: number
  readonly state: number
  readonly body: Uint8Array
}

// version u8 · JSON length u32 · JSON · packed index
const PREFIX_BYTES = 5
const STATE_NUMBERS: Record<ChunkState, number> = { planned: 1, archived: 2, routed: 3 }

/** The number under which a state is stored. */
export const encodeChunkState = (state: ChunkState): number => STATE_NUMBERS[state]

/** A chunk without what its row remembers. */
export function withoutPacked({ packed: _, ...chunk }: IndexedChunk): Chunk {
  return chunk
}

/** Encodes what a chunk's row holds beside its number and state. */
export function encodeChunk(
  { seq: _, state: __, ...fixed }: Chunk,
  packed: Uint8Array,
): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(fixed))
  const body = new Uint8Array(PREFIX_BYTES + json.length + packed.length)
  const view = new DataView(body.buffer)
  view.setUint8(0, CHUNK_VERSION)
  view.setUint32(1, json.length)
  body.set(json, PREFIX_BYTES)
  body.set(packed, PREFIX_BYTES + json.length)
  return body
}

/** Reads a chunk's row. Throws on an unknown version or state. */
export function decodeChunk(row: StoredChunk): IndexedChunk {
  const { body } = row
  const packedAt = packedAtOf(body)
  const rest = body.slice(packedAt)
  const chunk = decodeFixed(row, packedAt)
  const packed = body[0] === CHUNK_VERSION ? rest : packIds(rest, chunk.plannedAtMs)
  return { ...chunk, packed }
}

/** Reads a chunk from the beginning of its row, as far as its items; null if that is not all there. */
export function decodeHead(row: StoredChunk): Chunk | null {
  const packedAt = packedAtOf(row.body)
  return packedAt > row.body.length ? null : decodeFixed(row, packedAt)
}

function packedAtOf(body: Uint8Array): number {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength)
  const version = view.getUint8(0)
  if (version !== CHUNK_VERSION && version !== IDS_VERSION) {
    throw new Error(`chunk row version ${version} is unknown`)
  }
  return PREFIX_BYTES + view.getUint32(1)
}

function decodeFixed({ seq, state, body }: StoredChunk, packedAt: number): Chunk {
  const fixed = JSON.parse(new TextDecoder().decode(body.subarray(PREFIX_BYTES, packedAt)))
  return { ...fixed, seq, state: decodeState(state) }
}

function packIds(ids: Uint8Array, receivedAtMs: number): Uint8Array {
  const view = new DataView(ids.buffer, ids.byteOffset, ids.byteLength)
  const items = Array.from({ length: ids.length / 8 }, (_, index) => ({
    hash: view.getBigUint64(index * 8),
    kind: EVENT_KIND,
    receivedAtMs,
  }))
  return encodePacked(items, new Set())
}

function decodeState(number: number): ChunkState {
  const [state] = Object.entries(STATE_NUMBERS).find(([, each]) => each === number) ?? []
  if (state === undefined) throw new Error(`chunk state ${number} is unknown`)
  return state as ChunkState // a key of STATE_NUMBERS
}
