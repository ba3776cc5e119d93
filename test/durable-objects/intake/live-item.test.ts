import { describe, expect, it } from 'vitest'
import { LiveItem, readLiveItems } from '../../../durable-objects/intake/live-item.ts'
import type { SegmentItem } from '../../../worker/event/segment.ts'

const AT_MS = Date.parse('2026-11-25T12:00:00.000Z')
const AT = '2026-11-25T12:00:00.000Z'
const itemOf = (kind: SegmentItem['kind'], text: string): SegmentItem => ({
  kind,
  line: new TextEncoder().encode(text),
  messageHash: 1n,
  userHash: 0n,
  anonymousHash: 0n,
})

describe('LiveItem', () => {
  it.each([
    [
      'event',
      '{"type":"track"}\n',
      `{"kind":"event","receivedAt":"${AT}","event":{"type":"track"}}`,
    ],
    ['duplicate', '', `{"kind":"duplicate","receivedAt":"${AT}","event":null}`],
    [
      'no_user_anon_id',
      '{"type":"track"}\n',
      `{"kind":"discard","reason":"no_user_anon_id","receivedAt":"${AT}","event":{"type":"track"}}`,
    ],
    [
      'exceeds_payload_limit',
      '{"type":"tra\n',
      `{"kind":"discard","reason":"exceeds_payload_limit","receivedAt":"${AT}","event":"{\\"type\\":\\"tra"}`,
    ],
    [
      'source_disabled',
      '',
      `{"kind":"discard","reason":"source_disabled","receivedAt":"${AT}","event":null}`,
    ],
  ] as const)('shows %s with %j', (kind, text, expected) => {
    expect(new LiveItem(itemOf(kind, text), AT_MS).encoded).toBe(expected)
  })

  it('keeps all digits of a number that no double holds', () => {
    const { encoded } = new LiveItem(itemOf('event', '{"id":12345678901234567890}\n'), AT_MS)
    expect(encoded).toContain('{"id":12345678901234567890}')
  })

  it.each(['', '[1]\n', '"text"\n', '{"cut\n'])('knows no fields of %j', (text) => {
    expect(new LiveItem(itemOf('telemetry', text), AT_MS).fields).toBeNull()
  })
})

describe('readLiveItems', () => {
  it('keeps the order of segments and of their items', () => {
    const segmentOf = (...texts: string[]) => ({
      id: 1n,
      source: 'shop',
      receivedAtMs: AT_MS,
      items: texts.map((text) => itemOf('event', text)),
    })
    const items = readLiveItems([segmentOf('1', '2'), segmentOf('3')])
    expect(items.map(({ encoded }) => JSON.parse(encoded).event)).toEqual([1, 2, 3])
  })
})
