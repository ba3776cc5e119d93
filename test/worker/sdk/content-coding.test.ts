import { describe, expect, it } from 'vitest'
import { chooseCoding, isNamed } from '../../../worker/sdk/content-coding.ts'

describe('chooseCoding', () => {
  it.each([
    ['gzip, deflate, br, zstd', 'br'],
    ['GZIP, BR', 'br'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['br; q=0.000, gzip', 'gzip'],
    ['br;q=0.1', 'br'],
    ['gzip;q=0', 'identity'],
    ['brotli, x-gzip', 'identity'],
    ['', 'identity'],
  ])('takes of %j %s', (accepted, coding) => {
    expect(chooseCoding(accepted)).toBe(coding)
  })
})

describe('isNamed', () => {
  it.each([
    ['"a-br"', true],
    ['W/"a-br"', true],
    ['"b", W/"a-br"', true],
    ['"a-gzip"', false],
    ['a-br', false],
    ['', false],
  ])('%s names "a-br": %s', (header, expected) => {
    expect(isNamed('"a-br"', header)).toBe(expected)
  })
})
