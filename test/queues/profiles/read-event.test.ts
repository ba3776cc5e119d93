import { describe, expect, it } from 'vitest'
import { readEvent, toIdSet } from '../../../queues/profiles/read-event.ts'
import type { JsonObject } from '../../../worker/event/json.ts'
import { idsOf, RECEIVED_AT, read, readContext, said, userHashOf } from '../../support/said.ts'

const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`t${n}`, n]))
const CONSENT = 'Segment Consent Preference Updated'
const at = (time: string) => Date.parse(time)

describe('what an event says', () => {
  it('are traits of a person only in an identify call', () => {
    const traits = { plan: 'pro', old: null, empty: '' }
    expect(said({ type: 'identify', userId: 'u', traits }).traits).toEqual([
      ['plan', 'pro'],
      ['old', null],
      ['empty', ''],
    ])
    expect(said({ userId: 'u', traits, context: { traits } }).traits).toEqual([])
  })

  it('is a group and its traits in a group call: the person gets the group, the account the traits', () => {
    const group = said({ type: 'group', anonymousId: 'a', groupId: 'g1', traits: { plan: null } })
    expect(group).toMatchObject({
      traits: [],
      account: {
        groupId: 'g1',
        ids: [{ type: 'group_id', value: 'g1' }],
        traits: [['plan', null]],
      },
    })
    expect(said({ userId: 'u', context: { groupId: 'g1' } }).account).toBeNull()
  })

  it('is consent in the event that says so', () => {
    const consent = { categoryPreferences: { ads: true, Amplitude: false } }
    expect(said({ event: CONSENT, userId: 'u', context: { consent } }).consent).toEqual({
      ads: true,
      Amplitude: false,
    })
    expect(said({ event: 'Other', userId: 'u', context: { consent } }).consent).toBeNull()
  })

  it('is worth a profile if it brings traits, a group or consent', () => {
    const isMemorable = (fields: JsonObject) =>
      toIdSet(said({ userId: 'u', ...fields })).isMemorable
    expect(isMemorable({})).toBe(false)
    expect(isMemorable({ type: 'identify', traits: {} })).toBe(false)
    expect(isMemorable({ type: 'identify', traits: { a: 1 } })).toBe(true)
    expect(isMemorable({ type: 'group', groupId: 'g' })).toBe(true)
    const consent = { categoryPreferences: { ads: true } }
    expect(isMemorable({ event: CONSENT, context: { consent } })).toBe(true)
  })

  it.each([
    ['2026-11-25T11:00:00Z', '2026-11-25T11:00:00Z'],
    ['2027-11-25T11:00:00Z', RECEIVED_AT],
    ['nonsense', RECEIVED_AT],
  ])('is said at its timestamp, at most when it was received: %s', (timestamp, time) => {
    expect(said({ userId: 'u', timestamp }).stamp).toEqual({
      atMs: at(time),
      messageId: 'm1',
      source: 'shop',
    })
  })

  it('has both readings of the previous id of an alias', () => {
    const alias = said({ type: 'alias', userId: 'u', previousId: 'p' })
    const [anonymous, user] = alias.previous ?? []
    expect(toIdSet(alias).previous).toEqual({ anonymous: anonymous?.key, user: user?.key })
    expect(anonymous).toMatchObject({ type: 'anonymous_id', value: 'p' })
    expect(user).toMatchObject({ type: 'user_id', value: 'p' })
  })
})

describe('what says nothing', () => {
  it.each<[string, JsonObject, string]>([
    ['a group without an id', { type: 'group', groupId: '' }, 'group_id_empty'],
    ['a group whose id is null', { type: 'group', groupId: null }, 'group_id_empty'],
    ['a group whose id is a number', { type: 'group', groupId: 7 }, 'group_id_empty'],
    [
      'a group id of 501 characters',
      { type: 'group', groupId: 'g'.repeat(501) },
      'group_id_too_long',
    ],
    ['a track with an empty group', { context: { groupId: '' } }, 'group_id_empty'],
    ['an identify call of 300 traits', { type: 'identify', traits: many(300) }, 'too_many_traits'],
    [
      'a group of 301 traits',
      { type: 'group', groupId: 'g', traits: many(301) },
      'too_many_traits',
    ],
    ['301 properties', { properties: many(301) }, 'too_many_properties'],
    ['a message id of 101 characters', { messageId: 'm'.repeat(101) }, 'message_id_too_long'],
    ['consent without categories', { event: CONSENT }, 'consent_categorypreferences_should_exist'],
  ])('has a reason: %s', (_, fields, reason) => {
    expect(read({ userId: 'u', ...fields })).toEqual({ kind: 'unusable', reason })
  })

  it('is not what stays within the limits', () => {
    expect(read({ type: 'identify', userId: 'u', traits: many(299) }).kind).toBe('said')
    expect(read({ userId: 'u', properties: many(300) }).kind).toBe('said')
    expect(read({ type: 'group', userId: 'u', groupId: 'g'.repeat(500) }).kind).toBe('said')
  })

  it.each(['', '{', 'null', '[]', '7', '{"messageId":"m"}', '{"messageId":7,"receivedAt":"x"}'])(
    'is a line that is no event: %s',
    (line) => {
      expect(readEvent(line, readContext())).toEqual({ kind: 'unreadable' })
    },
  )
})

describe('an event with hundreds of ids', () => {
  const externalIds = (collection: string) =>
    Array.from({ length: 500 }, (_, n) => ({ id: `${n}`, type: 'x', collection, encoding: 'none' }))

  it('links the hundred that come first, and the rest are counted', () => {
    const event = { userId: 'u', anonymousId: 'a', context: { externalIds: externalIds('users') } }
    expect(idsOf(event)).toHaveLength(100)
    expect(idsOf(event).slice(0, 3)).toEqual(['user_id:u', 'anonymous_id:a', 'x:0'])
    expect(said(event).malformed).toBe(402)
  })

  it('gives an account its own and 99 more', () => {
    const context = { externalIds: externalIds('accounts') }
    const { account } = said({ type: 'group', userId: 'u', groupId: 'g', context })
    expect(account?.ids.map(({ value }) => value).slice(0, 2)).toEqual(['g', '0'])
    expect(account?.ids).toHaveLength(100)
  })
})

describe('who may say it', () => {
  it.each([
    [false, 'server', true],
    [false, 'browser', true],
    [true, 'server', false],
    [true, 'browser', true],
    [true, 'mobile', true],
  ])(
    'is anybody unless keys are secret (%s) and the event is a server’s (%s): the channel is the sender’s word',
    (hasSecretKeys, channel, isPublic) => {
      expect(said({ userId: 'u', channel }, { hasSecretKeys }).isPublic).toBe(isPublic)
    },
  )
})

describe('a source that wants user ids proven', () => {
  const reading = { userHashSecret: 'a-secret-of-the-source' }
  const userHash = userHashOf('ada', reading.userHashSecret)

  it('takes a user id beside its hash', () => {
    const event = { userId: 'ada', anonymousId: 'a', context: { userHash } }
    expect(idsOf(event, reading)).toEqual(['user_id:ada', 'anonymous_id:a'])
  })

  it.each([
    ['none', undefined],
    ['that of another user', userHashOf('eve', reading.userHashSecret)],
    ['one under another secret', userHashOf('ada', 'guess')],
    ['no text', 7],
    ['an empty one', ''],
  ])('leaves the user id out beside %s; traits go to the anonymous id', (_, hash) => {
    const event = { type: 'identify', userId: 'ada', anonymousId: 'a', traits: { plan: 'x' } }
    const left = said({ ...event, context: { userHash: hash } }, reading)
    expect(left.ids.map(({ type }) => type)).toEqual(['anonymous_id'])
    expect(left.traits).toEqual([['plan', 'x']])
  })

  it('has no other way in: neither external ids nor an alias', () => {
    const externalIds = [{ id: 'ada', type: 'user_id', collection: 'users', encoding: 'none' }]
    expect(idsOf({ anonymousId: 'a', context: { externalIds } }, reading)).toEqual([
      'anonymous_id:a',
    ])
    const alias = { type: 'alias', userId: 'ada', anonymousId: 'a', previousId: 'p' }
    expect(said(alias, reading).previous).toBeNull()
  })
})
