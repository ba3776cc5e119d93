import { reset } from 'cloudflare:test'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { appWith, deployedApp, localApp } from '../../support/app.ts'
import { ADMIN_TOKEN, Collector } from '../../support/collector.ts'
import { basic, PROFILES, profileReader } from '../../support/profile-reader.ts'
import { StandInSpace } from '../../support/stand-in-space.ts'
import { source, TestWorkspace } from '../../support/workspace.ts'

const workspace = new TestWorkspace()
workspace.has(source())
const TRAITS = `${PROFILES}/user_id:ada/traits`
const LISTS = ['traits', 'external_ids', 'events', 'metadata', 'links']
const ORIGIN = { origin: 'https://shop.example.com' }
let space: StandInSpace
let collector: Collector
let api: ReturnType<typeof profileReader>

beforeEach(() => {
  space = new StandInSpace()
  space.put({ ids: [{ type: 'user_id', value: 'ada' }], traits: { plan: 'pro' } })
  collector = new Collector(workspace, space.bindings)
  api = profileReader(collector)
})
afterEach(async () => {
  vi.restoreAllMocks()
  await reset()
})

const errorOf = async (response: Response) => {
  const { error } = await response.json<{ error: { code: string; message: string } }>()
  return [response.status, error.code, error.message]
}

describe('the Profile API', () => {
  it('takes the API token as the user name of HTTP Basic, with an empty password', async () => {
    const response = await collector.send(TRAITS, { headers: basic(ADMIN_TOKEN) })
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ traits: { plan: 'pro' } })
  })

  it.each([
    ['nothing', {}],
    ['another token', basic('test-admin-token-00O')],
    ['a password beside it', basic(ADMIN_TOKEN, 'x')],
    ['the token as the password', basic('', ADMIN_TOKEN)],
    ['a Bearer token', { authorization: `Bearer ${ADMIN_TOKEN}` }],
    ['no colon', { authorization: `Basic ${btoa(ADMIN_TOKEN)}` }],
    ['no Base64', { authorization: 'Basic %%%' }],
    ['a write key', basic('shop-write-key-000000000000000000')],
  ])('refuses %s', async (_, headers) => {
    for (const path of [TRAITS, '/v1/spaces/other/x', '/v1/spaces']) {
      const response = await collector.send(path, { headers })
      expect(await errorOf(response)).toEqual([
        401,
        'authentication_error',
        'The access token is missing or wrong: it is the user name of HTTP Basic.',
      ])
    }
  })

  it('refuses everything on a deployment without a token, and a local token from elsewhere', async () => {
    const token = basic('local-admin-token')
    const asks = [
      deployedApp(`https://events.example.com${TRAITS}`, { headers: basic('null') }),
      deployedApp(`http://127.0.0.1${TRAITS}`, { headers: token }),
      appWith({ ADMIN_TOKEN: 'short' })(`http://127.0.0.1${TRAITS}`, { headers: basic('short') }),
      localApp(`http://192.168.1.7${TRAITS}`, { headers: token }),
    ]
    for (const response of await Promise.all(asks)) expect(response.status).toBe(401)
  })

  it('gives each answer a Request-Id of its own', async () => {
    const paths = [TRAITS, `${PROFILES}/user_id:bob/traits`, '/v1/spaces/x', `${TRAITS}?limit=0`]
    const answers = [...(await Promise.all(paths.map(api.get))), await collector.send(TRAITS)]
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 404, 400, 401])
    const ids = answers.map(({ headers }) => headers.get('request-id'))
    for (const id of ids) expect(id).toMatch(/^[\da-f-]{36}$/)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it.each(LISTS)('lets no page of another site read /%s', async (list) => {
    const path = `${PROFILES}/user_id:ada/${list}`
    const preflight = { ...ORIGIN, 'access-control-request-method': 'GET' }
    const answers = [
      await collector.send(path, { headers: { ...ORIGIN, ...basic(ADMIN_TOKEN) } }),
      await collector.send(path, { headers: ORIGIN }),
      await collector.send(path, { method: 'OPTIONS', headers: preflight }),
      await collector.send(path.replace('spaces', '%73paces'), { headers: ORIGIN }),
    ]
    for (const { status, headers } of answers) {
      const names = [...headers.keys()].filter((name) => name.startsWith('access-control'))
      expect(names).toEqual([])
      expect(status).not.toBe(204)
    }
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 401, 401])
  })

  it.each(LISTS)('answers 404 to /%s of nobody', async (list) => {
    const names = ['user_id:bob', 'use_0000000000000000000000', 'use_RkjG0kW53igMijEISMH0vKBF4sL']
    for (const name of [...names, 'acc_0000000000000000000000', 'email:ada']) {
      const response = await api.get(`${PROFILES}/${name}/${list}`)
      expect(await errorOf(response)).toEqual([404, 'not_found', 'Profile was not found.'])
    }
  })

  it.each([
    ['/v1/spaces', 404, 'not_found', 'There is no such resource.'],
    [`${PROFILES}/user_id:ada`, 404, 'not_found', 'There is no such resource.'],
    [`${PROFILES}/user_id:ada/constructor`, 404, 'not_found', 'There is no such resource.'],
    [TRAITS.replace('default', 'other'), 404, 'not_found', 'Space was not found.'],
    [
      TRAITS.replace('users', 'user!'),
      400,
      'validation_error',
      'The parameter `collection` must be `users` or `accounts`.',
    ],
  ] as const)('answers %s with %i %s', async (path, ...error) => {
    expect(await errorOf(await api.get(path))).toEqual(error)
  })

  it.each([
    ['ada', 'must be `type:value` or the name of a profile'],
    ['user_id:', 'must be `type:value` or the name of a profile'],
    [':ada', 'must be `type:value` or the name of a profile'],
    ['%FF:x', 'is not percent-encoded UTF-8'],
    ['user_id:%zz', 'is not percent-encoded UTF-8'],
  ])('answers 400 to the id %s', async (id, fault) => {
    const response = await api.get(`${PROFILES}/${id}/traits`)
    expect(await errorOf(response)).toEqual([400, 'validation_error', `The profile's id ${fault}.`])
  })

  it('answers other methods with 404', async () => {
    for (const method of ['POST', 'PUT', 'DELETE']) {
      const response = await collector.send(TRAITS, { method, headers: basic(ADMIN_TOKEN) })
      expect(response.status).toBe(404)
    }
  })

  it('reports a failure without the id, and answers it in its own form', async () => {
    const logged = vi.spyOn(console, 'error').mockReturnValue()
    vi.spyOn(space.bindings.PROFILE, 'getByName').mockImplementation(() => {
      throw new Error('the object does not answer')
    })
    const response = await api.get(TRAITS)
    expect(response.headers.get('request-id')).not.toBeNull()
    expect(await errorOf(response)).toEqual([
      500,
      'internal_error',
      'An internal error was reported.',
    ])
    expect(logged.mock.calls.flat().join('')).toContain('PROFILE_REQUEST_FAILED')
    expect(logged.mock.calls.flat().join('')).not.toContain('ada')
  })
})
