import { describe, expect, it } from 'vitest'
import {
  decodeSpooled,
  encodeSpooled,
  spoolKey,
  spoolPrefix,
} from '../../../worker/event/spooled.ts'

describe('a spooled group', () => {
  it.each([
    ['none', []],
    ['one', [new Uint8Array([1, 2, 3])]],
    ['an empty one between others', [new Uint8Array([7]), new Uint8Array(), new Uint8Array([8])]],
  ])('reads back as its segments: %s', (_, segments) => {
    expect(decodeSpooled(encodeSpooled(segments))).toEqual(segments)
  })

  it('is a version, then each segment behind its length', () => {
    expect([...encodeSpooled([new Uint8Array([9, 8]), new Uint8Array([7])])]).toEqual(
      [[1], [0, 0, 0, 2], [9, 8], [0, 0, 0, 1], [7]].flat(),
    )
  })

  it('reads back out of a larger buffer', () => {
    const body = encodeSpooled([new Uint8Array([5])])
    const larger = new Uint8Array([0, 0, ...body])
    expect(decodeSpooled(larger.subarray(2))).toEqual([new Uint8Array([5])])
  })

  it.each([
    ['of another version', [2], 'spooled version 2 is unknown'],
    ['cut in a segment', [1, 0, 0, 0, 2, 9], 'spooled 6 bytes should have 7'],
    ['cut in a length', [1, 0, 0], 'bounds'],
    ['empty', [], 'bounds'],
  ])('is refused %s', (_, bytes, message) => {
    expect(() => decodeSpooled(new Uint8Array(bytes))).toThrow(message)
  })
})

describe('spoolKey', () => {
  it('lies under the prefix of its Intake and of no other', () => {
    const key = spoolKey('shop:any:1', { atMs: 1_764_072_000_000, uuid: 'u' })
    expect(key).toBe('spool/shop:any:1/0mieix6o0-u')
    expect(key.startsWith(spoolPrefix('shop:any:1'))).toBe(true)
    expect('spool/shop:any:10/0mieix6o0-u'.startsWith(spoolPrefix('shop:any:1'))).toBe(false)
  })

  it('sorts by time', () => {
    const times = [0, 35, 36, 1_764_072_000_000, 1_764_072_000_001, 101_559_956_668_415]
    const keys = times.map((atMs) => spoolKey('i', { atMs, uuid: 'u' }))
    expect(keys.toSorted()).toEqual(keys)
  })
})
