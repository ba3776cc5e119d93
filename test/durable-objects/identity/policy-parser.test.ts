import { describe, expect, it } from 'vitest'
import { DEFAULT_POLICY } from '../../../durable-objects/identity/policy.ts'
import { parsePolicy } from '../../../durable-objects/identity/policy-parser.ts'

const phone = { type: 'phone', limit: 3, priority: 4 }

describe('parsePolicy', () => {
  it('takes what is left out from the defaults', () => {
    expect(parsePolicy({})).toEqual({ state: 'valid', policy: DEFAULT_POLICY })
  })

  it('takes a whole policy, with the blocked values that Segment suggests', () => {
    const policy = {
      types: [phone, { type: 'user_id', limit: 1, priority: 1 }],
      customIds: [{ type: 'phone', field: 'phoneNumber' }],
      blockedPatterns: ['^[0-]*$', '^test-\\d+@example\\.com$'],
      blockedValues: ['-1', 'null', 'anonymous'],
    }
    expect(parsePolicy(policy)).toEqual({ state: 'valid', policy })
  })

  it.each([
    [
      'an upper-case type',
      { types: [{ ...phone, type: 'Phone' }] },
      'types.0.type',
      'must be lower-case letters, digits, dots and underscores',
    ],
    [
      'a group as an id',
      { customIds: [{ type: 'group_id', field: 'x' }] },
      'customIds.0.type',
      'group_id never joins people',
    ],
    [
      'a limit of 0',
      { types: [{ ...phone, limit: 0 }] },
      'types.0.limit',
      'limit must be at least 1',
    ],
    [
      'a limit too high',
      { types: [{ ...phone, limit: 1_001 }] },
      'types.0.limit',
      'limit must be at most 1,000',
    ],
    [
      'half a limit',
      { types: [{ ...phone, limit: 1.5 }] },
      'types.0.limit',
      'must be a whole number',
    ],
    [
      'two users',
      { types: [{ ...phone, type: 'user_id' }] },
      'types.0.limit',
      'user_id has the limit 1 always: accounts are joined by an alias or by hand',
    ],
    ['a type twice', { types: [phone, phone] }, 'types', 'must name each type once'],
    [
      'eleven custom ids',
      { customIds: Array.from({ length: 11 }, (_, n) => ({ type: `t${n}`, field: 'x' })) },
      'customIds',
      'must have at most 10 entries',
    ],
    [
      'what is no pattern',
      { blockedPatterns: ['('] },
      'blockedPatterns.0',
      'is no regular expression',
    ],
    [
      'a long pattern',
      { blockedPatterns: ['x'.repeat(101)] },
      'blockedPatterns.0',
      'must have at most 100 characters',
    ],
    [
      'a group that repeats',
      { blockedPatterns: ['^(a+)+$'] },
      'blockedPatterns.0',
      'must not repeat groups, refer to groups or look around: matching could take for ever',
    ],
    [
      'a reference',
      { blockedPatterns: ['(a*)\\1'] },
      'blockedPatterns.0',
      'must not repeat groups, refer to groups or look around: matching could take for ever',
    ],
    [
      'many repeats',
      { blockedPatterns: ['a*a*a*b'] },
      'blockedPatterns.0',
      'must have at most 2 repeats',
    ],
    [
      'signs that are optional one after the other',
      { blockedPatterns: [`^${'a?'.repeat(28)}b`] },
      'blockedPatterns.0',
      'must have at most 8 optional signs and 3 groups',
    ],
    [
      'choices one after the other',
      { blockedPatterns: [`^${'(a|a)'.repeat(18)}b`] },
      'blockedPatterns.0',
      'must have at most 8 optional signs and 3 groups',
    ],
    ['a field nobody knows', { limits: [] }, 'limits', 'is unknown'],
  ])('refuses %s and names the field', (_, input, field, message) => {
    expect(parsePolicy(input)).toEqual({ state: 'invalid', field, message })
  })

  it('refuses what is no object', () => {
    expect(parsePolicy(7)).toMatchObject({ state: 'invalid', field: '' })
  })
})
