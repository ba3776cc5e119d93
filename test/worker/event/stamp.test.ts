import { describe, expect, it } from 'vitest'
import { stampEvent } from '../../../worker/event/stamp.ts'
import { stampOf } from '../../support/facts.ts'

const stamp = (event: object, sentAt?: unknown) =>
  stampEvent({ type: 'track', ...event }, stampOf({ sentAt }))

describe('stampEvent', () => {
  it('corrects the clock of a client that is two years ahead', () => {
    const event = stamp({ timestamp: '2028-11-25T11:59:55.000Z' }, '2028-11-25T12:00:00.000Z')
    expect(event).toMatchObject({
      timestamp: '2026-11-25T11:59:55.000Z',
      originalTimestamp: '2028-11-25T11:59:55.000Z',
      sentAt: '2028-11-25T12:00:00.000Z',
      receivedAt: '2026-11-25T12:00:00.000Z',
    })
  })

  it('takes the time of receipt when the client gives none, and invents no originalTimestamp', () => {
    expect(stamp({})).toEqual({
      type: 'track',
      messageId: 'new-id',
      channel: 'server',
      receivedAt: '2026-11-25T12:00:00.000Z',
      timestamp: '2026-11-25T12:00:00.000Z',
    })
  })

  it('keeps the time of an import, which has no sentAt', () => {
    expect(stamp({ timestamp: '2019-01-01T00:00:00+01:00' }).timestamp).toBe(
      '2019-01-01T00:00:00+01:00',
    )
  })

  it.each([
    ['a list', Array.from({ length: 1_000 }, () => 1e20)],
    ['a long text', 'x'.repeat(65)],
    ['a number', 1_764_000_000],
  ])(
    'leaves out a sentAt that is %s: it would be copied into every event of a batch',
    (_, sentAt) => {
      const event = stamp({ timestamp: '2026-11-25T11:00:00.000Z' }, sentAt)
      expect(event).not.toHaveProperty('sentAt')
      expect(event.timestamp).toBe('2026-11-25T11:00:00.000Z')
    },
  )

  it('does not clamp a timestamp that a spoofed sentAt puts into the future', () => {
    const event = stamp({ timestamp: '2026-11-25T12:00:00Z' }, '2025-11-25T12:00:00Z')
    expect(event.timestamp).toBe('2027-11-25T12:00:00.000Z')
  })

  it.each([
    ['a text that is no time', 'yesterday'],
    ['a number', 1_764_000_000],
  ])('keeps %s as originalTimestamp and stamps the time of receipt', (_, timestamp) => {
    expect(stamp({ timestamp })).toMatchObject({
      originalTimestamp: timestamp,
      timestamp: '2026-11-25T12:00:00.000Z',
    })
  })

  it.each([[undefined], [null]])('assigns an id when the client sends %j', (messageId) => {
    const event = stamp({ messageId })
    expect(event.messageId).toBe('new-id')
    expect(event).not.toHaveProperty('_metadata')
  })

  it('takes a number for its text, so that a retry has the same id, and says so', () => {
    const event = stamp({ messageId: 7, _metadata: { bundled: [] } })
    expect(event).toMatchObject({ messageId: '7', _metadata: { bundled: [], sentMessageId: 7 } })
  })

  it.each([[''], [{}], [true]])('replaces an id of %j, and says so', (messageId) => {
    const event = stamp({ messageId })
    expect(event).toMatchObject({ messageId: 'new-id', _metadata: { sentMessageId: messageId } })
  })

  it('keeps a long and odd id unchanged', () => {
    const messageId = `${'x'.repeat(5_000)}\n"😀`
    expect(stamp({ messageId }).messageId).toBe(messageId)
  })
})
