import { describe, expect, it } from 'vitest'
import { applyIpPolicy, truncateIp } from '../../../worker/event/ip-policy.ts'

describe('truncateIp', () => {
  it.each([
    ['203.0.113.77', '203.0.113.0'],
    ['0.0.0.0', '0.0.0.0'],
    ['2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff', '2001:db8:aaaa::'],
    ['2001:0DB8::1', '2001:db8:0::'],
    ['::1', '0:0:0::'],
    ['fe80::', 'fe80:0:0::'],
    ['::ffff:203.0.113.77', '203.0.113.0'],
  ])('keeps the network of %s', (ip, network) => {
    expect(truncateIp(ip)).toBe(network)
  })

  it.each([
    'unknown',
    '',
    '203.0.113',
    '1:2',
    '1::2::3',
    '1:2:3:4:5:6:7:8:9',
    'g::',
    'a'.repeat(99),
  ])('keeps nothing of what is no address: %s', (text) => {
    expect(truncateIp(text)).toBeNull()
  })
})

describe('applyIpPolicy', () => {
  it('keeps, cuts or drops', () => {
    const ip = '203.0.113.77'
    expect(applyIpPolicy(ip, 'keep')).toBe(ip)
    expect(applyIpPolicy(ip, 'truncate')).toBe('203.0.113.0')
    expect(applyIpPolicy(ip, 'drop')).toBeNull()
  })
})
