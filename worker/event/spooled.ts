export const SPOOLED_VERSION = 1

/** The part of the bucket that is the spool; below it a folder for each Intake. */
export const SPOOL = 'spool/'

// version u8 · (length u32 · segment)…
const HEADER_BYTES = 1
const LENGTH_BYTES = 4

/** Where the groups lie that an Intake did not take, until it sweeps them; the Intake by its name. */
export const spoolPrefix = (intakeName: string): string => `${SPOOL}${intakeName}/`

/** The key of a spooled group: keys of an Intake sort by time. */
export function spoolKey(
  intakeName: string,
  { atMs, uuid }: { readonly atMs: number; readonly uuid: string },
): string {
  return `${spoolPrefix(intakeName)}${atMs.toString(36).padStart(9, '0')}-${uuid}`
}

/** Encodes the segments of a group as one object of the spool. */
export function encodeSpooled(segments: readonly Uint8Array[]): Uint8Array {
  const size = segments.reduce((sum, { length }) => sum + LENGTH_BYTES + length, HEADER_BYTES)
  const body = new Uint8Array(size)
  const view = new DataView(body.buffer)
  view.setUint8(0, SPOOLED_VERSION)
  let at = HEADER_BYTES
  for (const bytes of segments) {
    view.setUint32(at, bytes.length)
    body.set(bytes, at + LENGTH_BYTES)
    at += LENGTH_BYTES + bytes.length
  }
  return body
}

/**
 * Reads the encoded segments of a spooled object, as views into its bytes. Throws on an unknown
 * version or a cut.
 */
export function decodeSpooled(body: Uint8Array): Uint8Array[] {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength)
  const version = view.getUint8(0)
  if (version !== SPOOLED_VERSION) throw new Error(`spooled version ${version} is unknown`)
  const segments: Uint8Array[] = []
  let at = HEADER_BYTES
  while (at < body.length) {
    const end = at + LENGTH_BYTES + view.getUint32(at)
    if (end > body.length) throw new Error(`spooled ${body.length} bytes should have ${end}`)
    segments.push(body.subarray(at + LENGTH_BYTES, end))
    at = end
  }
  return segments
}
