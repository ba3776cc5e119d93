import { describe, expect, it } from 'vitest'
import { hashText } from '../../../durable-objects/hash-text.ts'
import { type Item, readBatch } from '../../../worker/event/envelope.ts'
import { packItems } from '../../../worker/event/pack.ts'
import { decodeSegment } from '../../../worker/event/segment.ts'
import { track } from '../../support/events.ts'
import { stampOf } from '../../support/facts.ts'

function pack(items: readonly Item[]) {
  let id = 0n
  const segments = packItems(items, {
    source: 'shop',
    stamp: stampOf(),
    hash: hashText,
    newSegmentId: () => ++id,
  })
  return segments.map((bytes) => ({ bytes, ...decodeSegment(bytes) }))
}
const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes)
const packBatch = (...batch: object[]) => pack(readBatch({ batch }).items)

describe('packItems', () => {
  it('writes one NDJSON line an event, in order', () => {
    const [segment] = packBatch(track({ messageId: 'a' }), track({ messageId: 'b' }))
    expect(text(segment?.items[1]?.line)).toBe(
      '{"type":"track","event":"Order Completed","userId":"ada","messageId":"b","channel":"server","receivedAt":"2026-11-25T12:00:00.000Z","timestamp":"2026-11-25T12:00:00.000Z"}\n',
    )
  })

  it('hashes the message id together with its source, so that sources do not share duplicates', () => {
    const [segment] = packBatch(track({ messageId: 'a' }))
    expect(segment?.items[0]?.messageHash).toBe(hashText('shop\0a'))
    expect(segment?.items[0]?.userHash).toBe(hashText('userId:ada'))
    expect(segment?.items[0]?.anonymousHash).toBe(0n)
  })

  it('keeps NUL, quotes, line feeds and emoji in one line', () => {
    const properties = { email: 'a\u0000b', note: '"\n\r\u2028😀' }
    const [segment] = packBatch(track({ properties }))
    const line = text(segment?.items[0]?.line)
    expect(line.indexOf('\n')).toBe(line.length - 1)
    expect(JSON.parse(line).properties).toEqual(properties)
  })

  it('takes an event of 32,768 bytes and discards one of a byte more, counted in bytes', () => {
    const empty = new TextEncoder().encode(JSON.stringify(track({ p: '' }))).length
    const filled = (bytes: number) => track({ p: '😀'.repeat(8) + 'x'.repeat(bytes - empty - 32) })
    const [segment] = packBatch(filled(32_768), filled(32_769), track())
    expect(segment?.items.map(({ kind }) => kind)).toEqual([
      'event',
      'exceeds_payload_limit',
      'event',
    ])
    expect(segment?.items[1]?.line).toHaveLength(1_025)
  })

  it('counts an event after the context of its batch was merged into it', () => {
    const context = { note: 'x'.repeat(33_000) }
    const [segment] = pack(readBatch({ context, batch: [track()] }).items)
    expect(segment?.items.map(({ kind }) => kind)).toEqual(['exceeds_payload_limit'])
  })

  it('discards an event that is nested too deeply for any reader, and keeps its siblings', () => {
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)
    const [segment] = packBatch(track({ properties: { deep } }), track({ event: deep }), track())
    expect(segment?.items.map(({ kind }) => kind)).toEqual([
      'exceeds_depth_limit',
      'exceeds_depth_limit',
      'event',
    ])
  })

  it('makes several segments of at most 512 KiB from a large request', () => {
    const items = Array.from({ length: 40 }, () => track({ p: 'x'.repeat(30_000) }))
    const segments = packBatch(...items)
    expect(segments.map(({ id }) => id)).toEqual([1n, 2n, 3n])
    for (const { bytes } of segments) expect(bytes.length).toBeLessThanOrEqual(524_288)
    expect(segments.flatMap((each) => each.items)).toHaveLength(40)
  })

  it('encodes nothing beyond 4 MiB, whatever its items are', () => {
    const value = { note: 'x'.repeat(400_000) }
    const discard = { kind: 'discard', reason: 'no_user_anon_id', value } as const
    const items = pack(Array.from({ length: 2_500 }, () => discard)).flatMap((each) => each.items)
    expect(items).toHaveLength(2_500)
    expect(items.filter(({ line }) => line.length > 0)).toHaveLength(11)
    expect(new Set(items.map(({ kind }) => kind))).toEqual(new Set(['no_user_anon_id']))
  })

  it('merges no shared context that is larger than an event may be', () => {
    const context = { note: 'x'.repeat(40_000) }
    const [segment] = pack(readBatch({ context, batch: [track(), track()] }).items)
    expect(segment?.items.map(({ kind, line }) => [kind, line.length < 100])).toEqual([
      ['exceeds_payload_limit', true],
      ['exceeds_payload_limit', true],
    ])
  })

  it('discards what is beyond 4 MiB after merging', () => {
    const context = { note: 'x'.repeat(30_000) }
    const batch = Array.from({ length: 200 }, () => track())
    const kinds = pack(readBatch({ context, batch }).items).flatMap(({ items }) =>
      items.map(({ kind }) => kind),
    )
    expect(kinds.filter((kind) => kind === 'event')).toHaveLength(138)
    expect(kinds.filter((kind) => kind === 'exceeds_payload_limit')).toHaveLength(62)
  })
})
