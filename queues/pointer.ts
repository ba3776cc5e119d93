import * as v from 'valibot'

/** The one queue message: a wake-up for a chunk owed to a destination. Lost or doubled, no harm. */
export interface Pointer {
  readonly destination: string
  readonly intake: string
  readonly chunk: number
  /** The chunk's key in R2. */
  readonly key: string
  readonly lines: number
}

/** A message as read: a pointer, one of a version that a newer deployment wrote, or neither. */
export type ReadPointer =
  | { readonly kind: 'pointer'; readonly pointer: Pointer }
  | { readonly kind: 'unknown-version'; readonly version: number }
  | { readonly kind: 'unreadable' }

const POINTER_VERSION = 1

const Versioned = v.looseObject({ v: v.number() })
const PointerV1 = v.object({
  v: v.literal(POINTER_VERSION),
  d: v.string(),
  i: v.string(),
  c: v.number(),
  k: v.string(),
  n: v.number(),
})

/** Encodes a pointer, version 1: about 150 bytes of JSON. */
export function encodePointer({ destination, intake, chunk, key, lines }: Pointer) {
  return { v: POINTER_VERSION, d: destination, i: intake, c: chunk, k: key, n: lines }
}

/** Reads a message's body. */
export function readPointer(body: unknown): ReadPointer {
  if (!v.is(Versioned, body)) return { kind: 'unreadable' }
  if (body.v !== POINTER_VERSION) return { kind: 'unknown-version', version: body.v }
  if (!v.is(PointerV1, body)) return { kind: 'unreadable' }
  const { d: destination, i: intake, c: chunk, k: key, n: lines } = body
  return { kind: 'pointer', pointer: { destination, intake, chunk, key, lines } }
}
