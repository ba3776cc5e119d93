import { encodeEvent, type StampContext } from '../../worker/event/encode-item.ts'
import { toSegments } from '../../worker/event/pack.ts'
import type { ValidEvent } from '../../worker/event/schema.ts'
import type { Hash, Segment, SegmentItem, Unverified } from '../../worker/event/segment.ts'
import { findSource, type Snapshot, type Source } from '../workspace/snapshot.ts'
import { addCounts, type Counts, countItems, NO_COUNTS } from './counts.ts'

/** What a chunk of the unverified Intake turns out to be. */
export interface Verified {
  /** Segments for the sources' Intakes, by source id. */
  readonly forwards: ReadonlyMap<string, readonly Uint8Array[]>
  /** How the chunk's items ended here. */
  readonly counts: Counts
}

/**
 * Decides by a snapshot whose the events of unknown keys are: stamped for their source, or discarded.
 * A repeat makes the same segments under the same ids, which the sources' Intakes then know already.
 */
export function verifySegments(
  segments: readonly Segment[],
  snapshot: Snapshot,
  hash: (text: string) => Hash,
): Verified {
  const forwards = new Map<string, Uint8Array[]>()
  let counts = NO_COUNTS
  for (const segment of segments) {
    const { unverified } = segment
    const source = unverified && findSource(snapshot, unverified.writeKey)
    if (unverified === undefined || source === undefined) {
      counts = addCounts(counts, countUnknown(segment))
      continue
    }
    const forwarded = forwards.get(source.id) ?? []
    forwarded.push(...forwardSegment(segment, { unverified, source, hash }))
    forwards.set(source.id, forwarded)
    counts = addCounts(counts, { ...NO_COUNTS, forwarded: segment.items.length })
  }
  return { forwards, counts }
}

/** Nobody's events: all that was not discarded before is now. */
function countUnknown({ items }: Segment): Counts {
  return countItems([{ items: items.map((item) => discardEvent(item, 'unknown_source')) }])
}

interface Owner {
  readonly unverified: Unverified
  readonly source: Source
  readonly hash: (text: string) => Hash
}

function forwardSegment(segment: Segment, { unverified, source, hash }: Owner): Uint8Array[] {
  const { receivedAtMs, id } = segment
  const context: StampContext = {
    source: source.id,
    hash,
    stamp: {
      receivedAt: new Date(receivedAtMs),
      sentAt: unverified.sentAt,
      facts: unverified.facts,
      ipPolicy: source.ipPolicy,
      newMessageId: () => '', // assigned before it was stored
    },
  }
  const items = segment.items.map((item) => {
    if (!source.enabled) return discardEvent(item, 'source_disabled')
    return item.kind === 'event' ? encodeEvent(parseLine(item.line), context) : item
  })
  let part = 0
  const newSegmentId = () => hash(`forwarded:${id}:${part++}`)
  return toSegments(items, { source: source.id, receivedAtMs }, newSegmentId)
}

function discardEvent(item: SegmentItem, reason: 'unknown_source' | 'source_disabled') {
  return item.kind === 'event' ? { ...item, kind: reason, line: new Uint8Array() } : item
}

function parseLine(line: Uint8Array): ValidEvent {
  return JSON.parse(new TextDecoder().decode(line)) // checked before it was stored
}
