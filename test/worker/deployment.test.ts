import { describe, expect, it } from 'vitest'
import { findTokenFault, isLoopback, parseDeployment } from '../../worker/deployment.ts'

const variables = { SEAL_SECONDS: 5, LEASE_SECONDS: 90, WAKE_SECONDS: 300 }

describe('parseDeployment', () => {
  it('reads the numbers of wrangler.toml and the texts of --var', () => {
    const numbers = { sealSeconds: 5, leaseSeconds: 90, wakeSeconds: 300 }
    const others = { prefix: 'x7k', adminToken: null, local: null }
    expect(parseDeployment(variables)).toEqual({ ...numbers, ...others })
    expect(parseDeployment({ ...variables, SEAL_SECONDS: '0.5' }).sealSeconds).toBe(0.5)
  })

  it.each<[string, unknown]>([
    ['SEAL_SECONDS', undefined],
    ['SEAL_SECONDS', 'soon'],
    ['LEASE_SECONDS', 0],
    ['WAKE_SECONDS', -1],
    ['LOCAL', 'yes'],
    ['DEMO_SINK', 'nowhere'],
    ...['', 'x', '/x7k', 'x/7', 'X7K', '7x', 'x7k.', 'a b', 'ä1', 'x'.repeat(33), 1].map(
      (each): [string, unknown] => ['PATH_PREFIX', each],
    ),
    ...['v1', 'api', 'console', 'demo', 'analytics', 'my-tracking', 'segment', 'collect'].map(
      (each): [string, unknown] => ['PATH_PREFIX', each],
    ),
  ])('fails by the name of %s when it is %j', (name, value) => {
    expect(() => parseDeployment({ ...variables, [name]: value })).toThrow(`variable ${name}: `)
  })
})

describe('the admin token', () => {
  it.each([
    ['unset', undefined, null],
    ['empty', '', null],
    [
      'too short',
      '123456789012345',
      'ADMIN_TOKEN has 15 characters, at least 16 are needed: the API stays closed',
    ],
  ])('leaves the API closed and all else open when it is %s', (_, ADMIN_TOKEN, fault) => {
    const env = { ...variables, ADMIN_TOKEN }
    expect(parseDeployment(env)).toMatchObject({ adminToken: null, sealSeconds: 5 })
    expect(findTokenFault(env)).toBe(fault)
  })

  it('counts as unset when it is no text', () => {
    expect(parseDeployment({ ...variables, ADMIN_TOKEN: 1 }).adminToken).toBeNull()
  })

  it('is taken from 16 characters on, but not by a local run', () => {
    const env = { ...variables, ADMIN_TOKEN: '1234567890123456' }
    expect(parseDeployment(env).adminToken).toBe('1234567890123456')
    expect(findTokenFault(env)).toBeNull()
    expect(parseDeployment({ ...env, LOCAL: 'true' }).adminToken).toBeNull()
    expect(findTokenFault({ ...variables, LOCAL: 'true', ADMIN_TOKEN: 'short' })).toBeNull()
  })
})

describe('isLoopback', () => {
  it.each([
    ['http://127.0.0.1:8787', true],
    ['http://127.9.9.9', true],
    ['http://localhost', true],
    ['http://[::1]:1', true],
    ['http://127.0.0.1.example.com', false],
    ['http://localhost.example.com', false],
    ['http://10.0.0.1', false],
    ['http://[::2]', false],
  ])('%s is %s', (url, expected) => {
    expect(isLoopback(new URL(url))).toBe(expected)
  })
})
