/** A chunk of fewer events is hardly worth its put. */
const QUIET_CHUNK_EVENTS = 50
/** How much longer a quiet source waits for company. */
const QUIET_FACTOR = 6

/** What the wait of an event for its chunk depends on. */
export interface SealState {
  /** How long it is on a busy source. */
  readonly sealMs: number
  /** Whether it is always that: where a person waits for what they click, and where a source is unknown. */
  readonly isFixed: boolean
  /** Events of the newest chunk; null if there is none. */
  readonly lastChunkEvents: number | null
  readonly isWatched: boolean
}

/** How long an event waits for its chunk: a quiet source that nobody watches writes few objects. */
export function sealDelayMs({ sealMs, isFixed, lastChunkEvents, isWatched }: SealState): number {
  const isQuiet = lastChunkEvents !== null && lastChunkEvents < QUIET_CHUNK_EVENTS
  return isQuiet && !isWatched && !isFixed ? sealMs * QUIET_FACTOR : sealMs
}
