import { describe, expect, it } from 'vitest'
import { type Item, readBatch, readCall } from '../../../worker/event/envelope.ts'
import { track } from '../../support/events.ts'

const reasons = (items: readonly Item[]) =>
  items.map((item) => (item.kind === 'discard' ? item.reason : 'event'))

describe('readCall', () => {
  it('takes the type from the path, whatever the body says', () => {
    const { items } = readCall(track({ type: 'page' }), 'track')
    expect(items).toMatchObject([{ kind: 'event', event: { type: 'track' } }])
  })

  it('leaves the write key out of the event', () => {
    const { writeKey, items } = readCall(track({ writeKey: 'k' }), 'track')
    expect(writeKey).toBe('k')
    expect(items).toEqual([{ kind: 'event', event: track() }])
  })
})

describe('readBatch', () => {
  it.each([
    ['no ids at all', { userId: undefined }, 'no_user_anon_id'],
    ['ids of null, as browsers and Python send them', { userId: null }, 'no_user_anon_id'],
    ['a number as user id', { userId: 55_520 }, 'id_not_string'],
    ['an empty user id alone', { userId: '' }, 'id_not_string'],
    [
      'an empty user id beside an anonymous one, as Rudder',
      { userId: '', anonymousId: 'a' },
      'event',
    ],
    ['no event name', { event: undefined }, 'event_not_defined'],
    ['an empty event name', { event: '' }, 'event_not_defined'],
    ['a number as event name', { event: 7 }, 'event_not_string'],
    ['a text as properties', { properties: 'x' }, 'properties_not_object'],
    ['a list as properties', { properties: [] }, 'properties_not_object'],
    ['null as properties', { properties: null }, 'event'],
    ['an identify with a text as traits', { type: 'identify', traits: 'x' }, 'traits_not_object'],
    ['a page with a list as name', { type: 'page', name: [] }, 'name_not_string'],
    ['a page with null as name', { type: 'page', name: null }, 'event'],
    ['a screen with a number as category', { type: 'screen', category: 1 }, 'category_not_string'],
    ['a group without groupId', { type: 'group' }, 'id_required'],
    ['a group with a number as groupId', { type: 'group', groupId: 7 }, 'id_not_string'],
    ['an alias without previousId', { type: 'alias' }, 'id_required'],
    ['an alias', { type: 'alias', previousId: 'p' }, 'event'],
    ['no type', { type: undefined }, 'UNSUPPORTED_EVENT_TYPE'],
    ['a type nobody knows', { type: 'toString' }, 'UNSUPPORTED_EVENT_TYPE'],
  ])('answers %s', (_, fields, expected) => {
    expect(reasons(readBatch({ batch: [track(fields)] }).items)).toEqual([expected])
  })

  it('keeps the good siblings of holes and non-objects', () => {
    const { items } = readBatch({ batch: [null, 7, 'x', [], track()] })
    expect(reasons(items)).toEqual([
      'UNSUPPORTED_EVENT_TYPE',
      'UNSUPPORTED_EVENT_TYPE',
      'UNSUPPORTED_EVENT_TYPE',
      'UNSUPPORTED_EVENT_TYPE',
      'event',
    ])
  })

  it.each([[{ batch: [] }], [{ batch: {} }], [{}]])('discards an empty batch: %j', (body) => {
    expect(reasons(readBatch(body).items)).toEqual(['empty_batch'])
  })

  it('merges outer context and integrations, and the item wins', () => {
    const { items } = readBatch({
      context: { library: { name: 'go' }, ip: '1.1.1.1' },
      integrations: { All: false },
      batch: [track({ context: { ip: '0.0.0.0' } })],
    })
    expect(items).toMatchObject([
      {
        event: {
          context: { library: { name: 'go' }, ip: '0.0.0.0' },
          integrations: { All: false },
        },
      },
    ])
  })

  it('discards what is beyond 2,500 events', () => {
    const { items } = readBatch({ batch: Array.from({ length: 2_502 }, () => track()) })
    expect(reasons(items).filter((each) => each === 'event')).toHaveLength(2_500)
    expect(reasons(items).slice(2_500)).toEqual(['exceeds_batch_limit', 'exceeds_batch_limit'])
  })
})
