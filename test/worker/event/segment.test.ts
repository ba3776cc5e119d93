import { describe, expect, it } from 'vitest'
import {
  decodeSegment,
  encodeSegment,
  type Segment,
  type SegmentItem,
} from '../../../worker/event/segment.ts'
import { eventItem } from '../../support/events.ts'

const discarded: SegmentItem = {
  kind: 'id_not_string',
  line: new TextEncoder().encode('{"userId":7}\n'),
  messageHash: 0n,
  userHash: 0n,
  anonymousHash: 0n,
}
const segment: Segment = {
  id: 0xffff_ffff_ffff_ffffn,
  source: 'shop',
  receivedAtMs: 1_764_000_000_123,
  items: [
    { ...eventItem(1n), userHash: 2n, anonymousHash: 3n },
    { ...eventItem(4n), kind: 'duplicate', line: new Uint8Array() },
    discarded,
  ],
}

describe('a segment', () => {
  it('is read as it was written', () => {
    expect(decodeSegment(encodeSegment(segment))).toEqual(segment)
  })

  it('is read from the middle of a larger buffer', () => {
    const bytes = encodeSegment(segment)
    const larger = new Uint8Array(bytes.length + 20)
    larger.set(bytes, 7)
    expect(decodeSegment(larger.subarray(7, 7 + bytes.length))).toEqual(segment)
  })

  it('of an unknown version is refused by its number', () => {
    const bytes = encodeSegment(segment)
    bytes[0] = 9
    expect(() => decodeSegment(bytes)).toThrow('segment version 9 is unknown')
  })

  it('that was cut is refused', () => {
    expect(() => decodeSegment(encodeSegment(segment).subarray(0, -1))).toThrow()
  })
})
