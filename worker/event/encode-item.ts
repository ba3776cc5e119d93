import { exceedsDepth } from './depth.ts'
import type { DiscardReason } from './discard.ts'
import { applyIpPolicyWithin, type IpPolicy } from './ip-policy.ts'
import { MAX_EVENT_BYTES, MAX_SAMPLE_BYTES } from './limits.ts'
import type { ValidEvent } from './schema.ts'
import type { Hash, SegmentItem } from './segment.ts'
import { type CollectedEvent, type Stamp, stampEvent } from './stamp.ts'

/** What encoding an event for a source needs. */
export interface StampContext {
  readonly source: string
  readonly stamp: Stamp
  /** First 8 bytes of SHA-256 over a text. */
  readonly hash: (text: string) => Hash
}

const LINE_FEED = 10
const NESTED_TOO_DEEP = 'nested too deep'
export const NO_IDS = { messageHash: 0n, userHash: 0n, anonymousHash: 0n }
const encoder = new TextEncoder()

/** Stamps an event and encodes it as one NDJSON line with its hashes. */
export function encodeEvent(event: ValidEvent, { source, stamp, hash }: StampContext): SegmentItem {
  const stamped = stampEvent(event, stamp)
  return { kind: 'event', line: encodeLine(stamped), ...hashIds(stamped, { source, hash }) }
}

/** One NDJSON line. */
export const encodeLine = (value: unknown): Uint8Array =>
  encoder.encode(`${JSON.stringify(value)}\n`)

/** Whether the client's own event is too large; it is encoded again only near the limit. */
export function isTooLarge(event: object, line: Uint8Array): boolean {
  if (line.length <= MAX_EVENT_BYTES) return false
  return encoder.encode(JSON.stringify(event)).length > MAX_EVENT_BYTES
}

/** A discarded item with a sample of it, in which the source's IP policy holds as well. */
export function encodeDiscard(
  reason: DiscardReason,
  value: unknown,
  policy: IpPolicy,
): { item: SegmentItem; bytes: number } {
  const whole = encodeSample(policy === 'keep' ? value : withoutIps(value, policy))
  return { item: { kind: reason, line: cutSample(whole), ...NO_IDS }, bytes: whole.length }
}

/** An encoded item as a discard: its ids stay, its line is cut to a sample. */
export function refuse(item: SegmentItem, reason: DiscardReason): SegmentItem {
  return { ...item, kind: reason, line: cutSample(item.line) }
}

/** Thousands of brackets within each other end the stack of any JSON writer. */
function encodeSample(value: unknown): Uint8Array {
  try {
    return encodeLine(value)
  } catch {
    return encodeLine(NESTED_TOO_DEEP)
  }
}

/** An item that is no event may have its address anywhere. */
function withoutIps(value: unknown, policy: IpPolicy): unknown {
  return exceedsDepth(value) ? NESTED_TOO_DEEP : applyIpPolicyWithin(value, policy)
}

function cutSample(bytes: Uint8Array): Uint8Array {
  const text = bytes.at(-1) === LINE_FEED ? bytes.subarray(0, -1) : bytes
  const sample = new Uint8Array(Math.min(text.length, MAX_SAMPLE_BYTES) + 1)
  sample.set(text.subarray(0, MAX_SAMPLE_BYTES))
  sample[sample.length - 1] = LINE_FEED
  return sample
}

function hashIds(event: CollectedEvent, { source, hash }: Pick<StampContext, 'source' | 'hash'>) {
  return {
    messageHash: hash(`${source}\0${event.messageId}`),
    userHash: hashId('userId', event.userId, hash),
    anonymousHash: hashId('anonymousId', event.anonymousId, hash),
  }
}

function hashId(type: string, id: unknown, hash: StampContext['hash']): Hash {
  return typeof id === 'string' && id !== '' ? hash(`${type}:${id}`) : 0n
}
