import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../worker/event/json.ts'
import { idsOf, read, said } from '../../support/said.ts'

const external = (...externalIds: unknown[]) => ({ userId: 'u', context: { externalIds } })
const PHONE = { id: '+358401', type: 'phone', collection: 'users', encoding: 'none' }

describe('the ids that Segment knows by default', () => {
  it.each<[string, JsonObject, string[]]>([
    ['userId and anonymousId', { userId: 'u', anonymousId: 'a' }, ['user_id:u', 'anonymous_id:a']],
    [
      'an email among traits',
      { type: 'identify', anonymousId: 'a', traits: { email: 'a@x.fi' } },
      ['email:a@x.fi', 'anonymous_id:a'],
    ],
    [
      'an email among the traits of a context',
      { userId: 'u', context: { traits: { email: 'a@x.fi' } } },
      ['user_id:u', 'email:a@x.fi'],
    ],
    [
      'no email among properties, which may be a friend’s',
      { userId: 'u', properties: { email: 'b@x.fi' } },
      ['user_id:u'],
    ],
    [
      'no email of an account',
      { type: 'group', userId: 'u', groupId: 'g', traits: { email: 'info@x.fi' } },
      ['user_id:u'],
    ],
    [
      'an Android device',
      {
        userId: 'u',
        context: {
          device: {
            type: 'android',
            id: 'd',
            advertisingId: 'ad',
            token: 't',
            adTrackingEnabled: true,
          },
        },
      },
      ['user_id:u', 'android.id:d', 'android.idfa:ad', 'android.push_token:t'],
    ],
    [
      'an iPhone without leave to track',
      {
        userId: 'u',
        context: {
          device: { type: 'iOS', id: 'd', advertisingId: 'ad', adTrackingEnabled: false },
        },
      },
      ['user_id:u', 'ios.id:d'],
    ],
    [
      'no device of a kind unknown',
      { userId: 'u', context: { device: { type: 'tv', id: 'd' } } },
      ['user_id:u'],
    ],
    [
      'Google Analytics',
      { userId: 'u', context: { integrations: { 'Google Analytics': { clientId: '1.2' } } } },
      ['user_id:u', 'ga_client_id:1.2'],
    ],
    [
      'a cross-domain id and Braze',
      { userId: 'u', context: { traits: { crossDomainId: 'x' }, Braze: { braze_id: 'b' } } },
      ['user_id:u', 'braze_id:b', 'cross_domain_id:x'],
    ],
    ['no group of a track', { userId: 'u', context: { groupId: 'g' } }, ['user_id:u']],
    [
      'nothing empty, and nothing that is no text',
      {
        type: 'identify',
        userId: 'u',
        anonymousId: '',
        traits: { email: 7 },
        context: { traits: { email: ' ' } },
      },
      ['user_id:u'],
    ],
  ])('%s', (_, fields, ids) => {
    expect(idsOf(fields)).toEqual(ids)
  })
})

describe('the key of an email', () => {
  const keyOf = (fields: JsonObject, type = 'email') =>
    said(fields).ids.find((id) => id.type === type)?.key

  it('is the same in upper and lower case and with spaces around, and its text stays as sent', () => {
    const ada = { type: 'identify', userId: 'u1', traits: { email: 'Ada@Example.com' } }
    const anonymous = {
      type: 'identify',
      anonymousId: 'a9',
      traits: { email: ' ada@example.COM ' },
    }
    expect(keyOf(ada)).toBe(keyOf(anonymous))
    expect(idsOf(anonymous)).toEqual(['email: ada@example.COM ', 'anonymous_id:a9'])
  })

  it('has 32 hex digits, and case matters in a user id', () => {
    expect(keyOf({ userId: 'ABC' }, 'user_id')).toMatch(/^[0-9a-f]{32}$/)
    expect(keyOf({ userId: 'ABC' }, 'user_id')).not.toBe(keyOf({ userId: 'abc' }, 'user_id'))
  })
})

describe('context.externalIds', () => {
  it('brings ids of any type', () => {
    expect(idsOf(external(PHONE))).toEqual(['user_id:u', 'phone:+358401'])
  })

  it.each([
    ['without an encoding', { ...PHONE, encoding: undefined }],
    ['of another encoding', { ...PHONE, encoding: 'md5' }],
    ['of a type in upper case', { ...PHONE, type: 'Phone' }],
    ['without a type', { ...PHONE, type: '' }],
    ['of an unknown collection', { ...PHONE, collection: 'visitors' }],
    ['without an id', { ...PHONE, id: '' }],
    ['whose id is a number', { ...PHONE, id: 7 }],
    ['that would join people by their group', { ...PHONE, type: 'group_id' }],
    ['with an id of 501 characters', { ...PHONE, id: 'x'.repeat(501) }],
    ['that is no object', 'phone'],
  ])('ignores and counts an entry %s', (_, entry) => {
    expect(said(external(entry, PHONE))).toMatchObject({ malformed: 1 })
    expect(idsOf(external(entry, PHONE))).toEqual(['user_id:u', 'phone:+358401'])
  })

  it('counts a list that is none', () => {
    expect(said({ userId: 'u', context: { externalIds: PHONE } })).toMatchObject({ malformed: 1 })
  })

  it('has an account’s ids for a group call only', () => {
    const account = { ...PHONE, type: 'crm_id', id: 'c1', collection: 'accounts' }
    const group = { type: 'group', groupId: 'g', ...external(account) }
    expect(idsOf(group)).toEqual(['user_id:u'])
    expect(said(group).account?.ids.map(({ type }) => type)).toEqual(['group_id', 'crm_id'])
    expect(said(external(account)).account).toBeNull()
  })
})

describe('a configured id', () => {
  const reading = { policy: { customIds: [{ type: 'phone', field: 'phone_number' }] } }

  it.each<[string, JsonObject]>([
    ['context.externalIds', external({ ...PHONE })],
    ['properties', { userId: 'u', properties: { phone_number: '+358401' } }],
    ['properties, in camel case', { userId: 'u', properties: { phoneNumber: '+358401' } }],
    ['context.traits', { userId: 'u', context: { traits: { phone_number: '+358401' } } }],
    ['traits', { type: 'identify', userId: 'u', traits: { phoneNumber: '+358401' } }],
  ])('links the same person from %s', (_, fields) => {
    const [, phone] = said(fields, reading).ids
    const [, same] = said(external(PHONE), reading).ids
    expect(phone).toMatchObject({ type: 'phone', value: '+358401' })
    expect(phone?.key).toBe(same?.key)
  })

  it.each<[unknown, string[]]>([
    [358401, ['user_id:u', 'phone:358401']],
    [0, ['user_id:u', 'phone:0']],
    [true, ['user_id:u']],
    [null, ['user_id:u']],
    ['', ['user_id:u']],
    [['+1'], ['user_id:u']],
  ])(
    'takes a number for its digits, as its sender would expect, and nothing else: %j',
    (value, ids) => {
      expect(idsOf({ userId: 'u', properties: { phoneNumber: value } }, reading)).toEqual(ids)
    },
  )

  it('keeps all digits of a number that no double holds', () => {
    const line = '{"messageId":"m","receivedAt":"2026-11-25T12:00:00Z","type":"track","properties":'
    expect(JSON.parse(`${line}{"phoneNumber":12345678901234567891}}`).properties.phoneNumber).toBe(
      12345678901234567000,
    )
    const big = { userId: 'u', properties: { phoneNumber: exact('12345678901234567891') } }
    expect(idsOf(big, reading)).toEqual(['user_id:u', 'phone:12345678901234567891'])
  })
})

const exact = (digits: string): unknown =>
  (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(digits) // the types do not know it

describe('blocked ids', () => {
  const policy = { blockedPatterns: ['^[0-]*$', '('], blockedValues: ['anonymous', '-1'] }

  it.each(['0000-00', '-1', 'anonymous'])('%s is nobody’s id', (value) => {
    expect(idsOf({ userId: value, anonymousId: 'a' }, { policy })).toEqual(['anonymous_id:a'])
  })

  it('leave an event that has no other without a person', () => {
    expect(read({ userId: '-1' }, { policy })).toEqual({
      kind: 'unusable',
      reason: 'no_external_id',
    })
  })
})
