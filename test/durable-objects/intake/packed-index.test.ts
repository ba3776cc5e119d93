import { describe, expect, it } from 'vitest'
import { decodeChunk, encodeChunk, withoutPacked } from '../../../durable-objects/intake/chunk.ts'
import { archiveKey } from '../../../durable-objects/intake/chunk-plan.ts'
import { NO_COUNTS } from '../../../durable-objects/intake/counts.ts'
import {
  countPacked,
  countPackedUsers,
  findItems,
  hasUser,
  packIndex,
  readItems,
} from '../../../durable-objects/intake/packed-index.ts'
import { eventItem } from '../../support/events.ts'

const AT = 1_795_600_000_123
const segments = [
  {
    id: 1n,
    source: 'shop',
    receivedAtMs: AT,
    items: [
      { ...eventItem(10n), userHash: 100n, anonymousHash: 200n },
      { ...eventItem(11n), userHash: 100n, kind: 'duplicate' as const },
      { ...eventItem(0n), kind: 'no_user_anon_id' as const },
      { ...eventItem(12n), kind: 'exceeds_payload_limit' as const },
    ],
  },
]

describe('packIndex', () => {
  const packed = packIndex([{ atMs: AT, segments }])

  it('remembers segments, events, duplicates and refused events by id and time', () => {
    expect([...readItems(packed)]).toEqual([
      { hash: 1n, kind: 254, receivedAtMs: AT },
      { hash: 10n, kind: 0, receivedAtMs: AT },
      { hash: 11n, kind: 255, receivedAtMs: AT },
      { hash: 12n, kind: 14, receivedAtMs: AT },
    ])
    expect(countPacked(packed)).toBe(4)
    expect(findItems(packed, 11n)).toEqual([{ hash: 11n, kind: 255, receivedAtMs: AT }])
    expect(findItems(packed, 100n)).toEqual([])
  })

  it('remembers whose events are in it, each once, and not who only sent a duplicate', () => {
    expect([100n, 200n, 10n, 0n].map((hash) => hasUser(packed, hash))).toEqual([
      true,
      true,
      false,
      false,
    ])
    expect(countPackedUsers(packed)).toBe(2)
  })
})

describe('a chunk row of the version before, which had ids alone', () => {
  it('is read as events of the time of its plan', () => {
    const fixed = {
      from: 1,
      to: 2,
      plannedAtMs: AT,
      key: archiveKey({ intake: 'a.b.0.c', nowMs: AT, seq: 3 }),
      lines: 2,
      counts: NO_COUNTS,
    }
    const json = new TextEncoder().encode(JSON.stringify(fixed))
    const body = new Uint8Array(5 + json.length + 16)
    const view = new DataView(body.buffer)
    view.setUint8(0, 1)
    view.setUint32(1, json.length)
    body.set(json, 5)
    view.setBigUint64(5 + json.length, 10n)
    view.setBigUint64(13 + json.length, 11n)
    const chunk = decodeChunk({ seq: 3, state: 3, body })
    expect([...readItems(chunk.packed)].map(({ hash, kind }) => [hash, kind])).toEqual([
      [10n, 0],
      [11n, 0],
    ])
    expect(
      decodeChunk({ seq: 3, state: 3, body: encodeChunk(withoutPacked(chunk), chunk.packed) }),
    ).toEqual(chunk)
  })
})
