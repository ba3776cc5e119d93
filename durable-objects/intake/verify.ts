import { encodeEvent, type StampContext } from '../../worker/event/encode-item.ts'
import type { IpPolicy } from '../../worker/event/ip-policy.ts'
import { toSegments } from '../../worker/event/pack.ts'
import { parseJson } from '../../worker/event/parse-json.ts'
import type { ValidEvent } from '../../worker/event/schema.ts'
import type { Hash, Segment, SegmentItem, Unverified } from '../../worker/event/segment.ts'
import { findSource, type Snapshot } from '../workspace/snapshot.ts'
import { addCounts, type Counts, countItems, NO_COUNTS } from './counts.ts'

/** Whose a write key is, and what that source wants. */
export interface Owner {
  readonly id: string
  readonly enabled: boolean
  readonly ipPolicy: IpPolicy
}

/** The owners of a chunk's write keys; a key that nobody owns is not in it. */
export type Owners = { readonly [writeKey: string]: Owner }

/** What a chunk of the unverified Intake turns out to be. */
export interface Verified {
  /** Segments for the sources' Intakes, by source id. */
  readonly forwards: ReadonlyMap<string, readonly Uint8Array[]>
  /** How the chunk's items ended here. */
  readonly counts: Counts
}

/** Decides by a snapshot whose the keys of a chunk are; to be fixed before anything is forwarded. */
export function findOwners(segments: readonly Segment[], snapshot: Snapshot): Owners {
  const keys = new Set(segments.flatMap(({ unverified }) => unverified?.writeKey ?? []))
  const owners: [string, Owner][] = []
  for (const key of keys) {
    const source = findSource(snapshot, key)
    if (source === undefined) continue
    const { id, enabled, ipPolicy } = source
    owners.push([key, { id, enabled, ipPolicy }])
  }
  return Object.fromEntries(owners)
}

/**
 * Stamps what is somebody's for its source and discards the rest. A repeat makes the same segments
 * under the same ids, which the sources' Intakes then know already.
 */
export function verifySegments(
  segments: readonly Segment[],
  owners: Owners,
  hash: (text: string) => Hash,
): Verified {
  const forwards = new Map<string, Uint8Array[]>()
  let counts = NO_COUNTS
  for (const segment of segments) {
    const { unverified } = segment
    const owner =
      unverified && Object.hasOwn(owners, unverified.writeKey) && owners[unverified.writeKey]
    if (!unverified || !owner) {
      counts = addCounts(counts, countUnknown(segment))
      continue
    }
    const forwarded = forwards.get(owner.id) ?? []
    forwarded.push(...forwardSegment(segment, { unverified, owner, hash }))
    forwards.set(owner.id, forwarded)
    counts = addCounts(counts, { ...NO_COUNTS, forwarded: segment.items.length })
  }
  return { forwards, counts }
}

/** Nobody's events: all that was not discarded before is now. */
function countUnknown({ items }: Segment): Counts {
  return countItems([{ items: items.map((item) => discardEvent(item, 'unknown_source')) }])
}

interface Ownership {
  readonly unverified: Unverified
  readonly owner: Owner
  readonly hash: (text: string) => Hash
}

function forwardSegment(segment: Segment, { unverified, owner, hash }: Ownership): Uint8Array[] {
  const { receivedAtMs, id } = segment
  const context: StampContext = {
    source: owner.id,
    hash,
    stamp: {
      receivedAt: new Date(receivedAtMs),
      sentAt: unverified.sentAt,
      facts: unverified.facts,
      ipPolicy: owner.ipPolicy,
      newMessageId: () => '', // assigned before it was stored
    },
  }
  const items = segment.items.map((item) => forwardItem(item, owner, context))
  let part = 0
  const newSegmentId = () => hash(`forwarded:${id}:${part++}`)
  return toSegments(items, { source: owner.id, receivedAtMs }, newSegmentId)
}

/** A sample was cut by the policy of nobody: a source that wants no address gets none of it. */
function forwardItem(item: SegmentItem, owner: Owner, context: StampContext): SegmentItem {
  if (!owner.enabled) return discardEvent(item, 'source_disabled')
  if (item.kind === 'event') return encodeEvent(parseLine(item.line), context)
  return owner.ipPolicy === 'drop' ? { ...item, line: new Uint8Array() } : item
}

function discardEvent(item: SegmentItem, reason: 'unknown_source' | 'source_disabled') {
  return item.kind === 'event' ? { ...item, kind: reason, line: new Uint8Array() } : item
}

function parseLine(line: Uint8Array): ValidEvent {
  return parseJson(new TextDecoder().decode(line)) as ValidEvent // checked before it was stored
}
