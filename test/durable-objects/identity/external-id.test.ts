import { describe, expect, it } from 'vitest'
import { nameProfile, readProfileName } from '../../../durable-objects/identity/external-id.ts'
import { key } from '../../support/identity.ts'

describe('the name of a profile', () => {
  it.each([
    ['0'.repeat(32), 'use_0000000000000000000000'],
    ['f'.repeat(32), 'use_7n42DGM5Tflk9n8mt7Fhc7'],
    [`${'0'.repeat(30)}3e`, 'use_0000000000000000000010'],
    ['00000000000000010000000000000000', 'use_00000000000LygHa16AHYG'],
  ])('is its founding key %s in base 62', (id, name) => {
    expect(nameProfile(id)).toBe(name)
    expect(readProfileName(name)).toEqual({ collection: 'users', key: id })
  })

  it('is read back, of accounts too', () => {
    for (let n = 0; n < 1_000; n += 1) {
      const id = key(`g${n * 7_919}`)
      expect(readProfileName(nameProfile(id, 'accounts'))).toEqual({
        collection: 'accounts',
        key: id,
      })
    }
  })
})
