import { reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ADMIN_TOKEN, Collector } from '../../support/collector.ts'
import { tell } from '../../support/feed-space.ts'
import { PROFILES, profileReader } from '../../support/profile-reader.ts'
import { source, TestWorkspace } from '../../support/workspace.ts'

const SPACE = '/api/spaces/default'
const workspace = new TestWorkspace()
workspace.has(source())
const collector = new Collector(workspace)
const api = profileReader(collector)
const HEADERS = { authorization: `Bearer ${ADMIN_TOKEN}` }
const UNMERGE = `${SPACE}/profiles/user_id:ada/unmerge`
const JOIN = `${SPACE}/profiles/user_id:ada/join`

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2046-11-25T12:00:00Z') })
})
afterEach(async () => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  await reset()
})

const user = (value: string) => ({ type: 'user_id', value })
const device = (value: string) => ({ type: 'anonymous_id', value })
const send = (method: string, path: string, body: unknown) =>
  collector.send(path, { method, headers: HEADERS, body: JSON.stringify(body) })
const errorOf = async (response: Response) => {
  const { errors } = await response.json<{ errors: { type: string; message: string }[] }>()
  return [response.status, errors[0]?.type, errors[0]?.message]
}
const traitsOf = async (id: string) => (await api.read(`${PROFILES}/${id}/traits`)).traits
interface Links {
  readonly profile: string
  readonly links: { link: number; kind: string; [field: string]: unknown }[]
  readonly pagination: { current: string; next?: string }
}
const linksOf = async (id: string, query = ''): Promise<Links> => {
  const response = await collector.api(`/spaces/default/profiles/${id}/links?${query}`)
  return (await response.json<{ data: Links }>()).data
}

describe('/api/spaces/default/identity', () => {
  const DEFAULT = { types: [], customIds: [], blockedPatterns: [], blockedValues: [] }

  it('answers the policy of a space that nobody has changed', async () => {
    const response = await collector.api('/spaces/default/identity')
    expect([response.status, await response.json()]).toEqual([200, { data: { identity: DEFAULT } }])
  })

  it('replaces the fields that a patch names, and keeps the others', async () => {
    const types = [{ type: 'anonymous_id', limit: 60, priority: 3 }]
    await send('PATCH', `${SPACE}/identity`, { types })
    const response = await send('PATCH', `${SPACE}/identity`, { blockedValues: ['null'] })
    const identity = { ...DEFAULT, types, blockedValues: ['null'] }
    expect([response.status, await response.json()]).toEqual([200, { data: { identity } }])
    const read = await collector.api('/spaces/default/identity')
    expect(await read.json()).toEqual({ data: { identity } })
  })

  it.each([
    [{ types: [{ type: 'user_id', limit: 2, priority: 1 }] }, /^types\.0\.limit user_id has the/],
    [{ types: [{ type: 'phone', limit: 0, priority: 1 }] }, /^types\.0\.limit limit must be at le/],
    [{ limits: {} }, /^limits is unknown$/],
    [{ blockedPatterns: ['('] }, /^blockedPatterns\.0 is no regular expression$/],
    [{ customIds: null }, /^customIds must be a list$/],
    [[], /^the body is not a JSON object$/],
  ])('refuses %j and changes nothing', async (body, message) => {
    const refused = await send('PATCH', `${SPACE}/identity`, body)
    expect(await errorOf(refused)).toEqual([400, 'bad-request', expect.stringMatching(message)])
    const read = await collector.api('/spaces/default/identity')
    expect(await read.json()).toEqual({ data: { identity: DEFAULT } })
  })
})

describe('the journal of a profile', () => {
  it('tells each id and merge with its event and the ids in clear', async () => {
    await tell([user('ada'), device('phone')], { plan: 'pro' })
    const { profile, links, pagination } = await linksOf('anonymous_id:phone')
    expect(profile).toMatch(/^use_/)
    expect(links.at(-1)).toEqual({
      link: expect.any(Number),
      kind: 'attach',
      at: '2046-11-25T12:00:00.000Z',
      source: 'shop',
      messageId: expect.stringMatching(/^m\d+$/),
      carrier: { type: 'user_id', id: 'ada' },
      brought: { type: 'anonymous_id', id: 'phone' },
      winner: profile,
      loser: null,
    })
    expect(pagination).toEqual({ current: '0' })
  })

  it('comes by pages, each link once', async () => {
    const types = [{ type: 'anonymous_id', limit: 200, priority: 3 }]
    await send('PATCH', `${SPACE}/identity`, { types })
    const devices = Array.from({ length: 120 }, (_, n) => device(`d${n}`))
    await tell([user('ada'), ...devices])
    const numbers: number[] = []
    for (let cursor: string | undefined = '0'; cursor !== undefined; ) {
      const page: Links = await linksOf('user_id:ada', `cursor=${cursor}`)
      numbers.push(...page.links.map(({ link }) => link))
      cursor = page.pagination.next
    }
    expect(numbers.length).toBeGreaterThanOrEqual(120)
    expect(numbers).toEqual([...new Set(numbers)].sort((one, other) => one - other))
  })
})

describe('an operator', () => {
  it('parts two people that an event made one, and each keeps what their ids wrote', async () => {
    await tell([user('ada')], { name: 'Ada' })
    await tell([device('phone')], { theme: 'dark' })
    await tell([user('ada'), device('phone')])
    expect(await traitsOf('user_id:ada')).toEqual({ name: 'Ada', theme: 'dark' })
    const { links } = await linksOf('user_id:ada')
    const merge = links.find(({ kind }) => kind === 'merge')
    const response = await send('POST', UNMERGE, { link: merge?.link })
    const { data } = await response.json<{ data: { [field: string]: unknown } }>()
    expect([response.status, data]).toEqual([
      200,
      { from: merge?.winner, to: merge?.loser, links: [expect.any(Number)], pending: [] },
    ])
    expect(await traitsOf('user_id:ada')).toEqual({ name: 'Ada' })
    expect(await traitsOf('anonymous_id:phone')).toEqual({ theme: 'dark' })
    await tell([user('ada'), device('phone')])
    expect(await traitsOf('user_id:ada')).toEqual({ name: 'Ada' })
  })

  it('joins two accounts that no event may join', async () => {
    await tell([user('ada')], { name: 'Ada' })
    await tell([user('b/b')], { plan: 'pro' })
    const response = await send('POST', JOIN, { with: 'user_id:b/b' })
    const { data } = await response.json<{ data: { profile: string; links: number[] } }>()
    expect([response.status, data]).toEqual([
      200,
      { profile: expect.stringMatching(/^use_/), links: [expect.any(Number)], pending: [] },
    ])
    const merged = { name: 'Ada', plan: 'pro' }
    expect(await traitsOf('user_id:ada')).toEqual(merged)
    expect(await traitsOf('user_id:b%2Fb')).toEqual(merged)
    expect(await traitsOf(data.profile)).toEqual(merged)
    const { links } = await linksOf('user_id:ada')
    expect(links.find(({ kind }) => kind === 'merge')).toMatchObject({
      link: data.links[0],
      source: 'api',
      carrier: { id: 'ada' },
      brought: { id: 'b/b' },
    })
    const again = await send('POST', JOIN, { with: data.profile })
    expect((await again.json<{ data: { links: number[] } }>()).data.links).toEqual([])
  })

  it('is told what is still pending when a profile does not answer', async () => {
    vi.spyOn(console, 'error').mockReturnValue()
    await tell([user('ada')])
    await tell([user('bob')])
    const getByName = vi.spyOn(env.PROFILE, 'getByName').mockImplementation(() => {
      throw new Error('the object does not answer')
    })
    const response = await send('POST', JOIN, { with: 'user_id:bob' })
    const { data } = await response.json<{ data: { pending: object[] } }>()
    expect([response.status, data.pending]).toMatchObject([202, [{ kind: 'merge' }]])
    getByName.mockRestore()
    const again = await send('POST', JOIN, { with: 'user_id:bob' })
    expect([again.status, await again.json()]).toMatchObject([200, { data: { pending: [] } }])
  })

  it.each([
    [UNMERGE, {}, 400, 'link must be the number of a link'],
    [UNMERGE, { link: '7' }, 400, 'link must be the number of a link'],
    [UNMERGE, { link: 1.5 }, 400, 'link must be the number of a link'],
    [UNMERGE, { link: 999 }, 404, /^link 999 is none of use_/],
    [UNMERGE, { link: 1 }, 400, 'link 1 founded a profile: it parts nobody'],
    [UNMERGE, [], 400, 'the body is not a JSON object'],
    [JOIN, {}, 400, 'with must name the other profile'],
    [JOIN, { with: 'bob' }, 400, 'with must be `type:value` or the name of a profile'],
    [JOIN, { with: 'user_id:bob' }, 404, 'there is no profile user_id:bob'],
    [JOIN, { with: 'user_id:ADA' }, 404, 'there is no profile user_id:ADA'],
    [UNMERGE.replace('ada', '%FF'), {}, 400, 'profile is not percent-encoded UTF-8'],
    [JOIN.replace('ada', 'bob'), {}, 404, 'there is no profile user_id:bob'],
  ])('is told what is wrong with %s %j', async (path, body, status, message) => {
    await tell([user('ada'), device('phone')])
    const type = status === 404 ? 'not-found' : 'bad-request'
    const error = await errorOf(await send('POST', path, body))
    const expected = typeof message === 'string' ? message : expect.stringMatching(message)
    expect(error).toEqual([status, type, expected])
  })
})

describe('the API of spaces', () => {
  it.each(['/identity', '/profiles/user_id:ada/links'])(
    'is closed without the token: %s',
    async (path) => {
      expect((await collector.send(`${SPACE}${path}`)).status).toBe(401)
    },
  )

  it.each([
    ['/spaces/other/identity', 'not-found'],
    ['/spaces/other/profiles/user_id:ada/links', 'not-found'],
    ['/spaces/default/profiles/user_id:ada/links', 'not-found'],
    ['/spaces/default', 'route-not-found'],
    ['/spaces/default/profiles/user_id:ada', 'route-not-found'],
  ])('answers 404 to %s', async (path, type) => {
    const response = await collector.api(path)
    expect([response.status, await response.json()]).toMatchObject([404, { errors: [{ type }] }])
  })
})
