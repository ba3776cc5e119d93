import { reset } from 'cloudflare:test'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Collector } from '../../support/collector.ts'
import { PROFILES, profileReader } from '../../support/profile-reader.ts'
import { StandInSpace } from '../../support/stand-in-space.ts'
import { source, TestWorkspace } from '../../support/workspace.ts'

const workspace = new TestWorkspace()
workspace.has(source())
const ADA = { type: 'user_id', value: 'ada' }
const TRAITS = `${PROFILES}/user_id:ada/traits`
let space: StandInSpace
let api: ReturnType<typeof profileReader>

beforeEach(() => {
  space = new StandInSpace()
  api = profileReader(new Collector(workspace, space.bindings))
})
afterEach(reset)

const numbered = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`t${n + 1}`, n + 1]))

describe('case I8: page sizes of /traits', () => {
  beforeEach(() => {
    space.put({ ids: [ADA], traits: numbered(25) })
  })

  it('gives ten traits if nobody says how many, in the order of their names', async () => {
    const { traits, cursor } = await api.read(TRAITS)
    expect(Object.keys(traits)).toEqual('t1 t10 t11 t12 t13 t14 t15 t16 t17 t18'.split(' '))
    expect(cursor).toEqual({
      url: expect.stringMatching(/^\/v1\/spaces\/default\/.*\/traits\?next=[\w-]+$/),
      has_more: true,
      next: expect.stringMatching(/^[\w-]+$/),
      limit: 10,
    })
  })

  it('gives up to 200, and then says that there is no more', async () => {
    const { traits, cursor } = await api.read(`${TRAITS}?limit=200`)
    expect(traits).toEqual(numbered(25))
    expect(cursor).toEqual({
      url: `${TRAITS}?limit=200`,
      has_more: false,
      next: '',
      limit: 200,
    })
  })

  it.each(['0', '201', '-1', '1.5', 'ten', '1e2'])('refuses limit=%s', async (limit) => {
    const response = await api.get(`${TRAITS}?limit=${limit}`)
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({
      error: {
        code: 'invalid_request_error',
        message: 'The parameter `limit` must be a whole number from 1 to 200.',
      },
    })
  })

  it('gives the traits that `include` names, and no others', async () => {
    const { traits, cursor } = await api.read(`${TRAITS}?include=t1,t2,t99`)
    expect(traits).toEqual({ t1: 1, t2: 2 })
    expect(cursor.has_more).toBe(false)
  })

  it('gives each trait once to whoever follows the cursor, by `next` or by `url`', async () => {
    const pages = await api.walk(`${TRAITS}?limit=7`)
    expect(pages.map(({ traits }) => Object.keys(traits).length)).toEqual([7, 7, 7, 4])
    expect(Object.assign({}, ...pages.map(({ traits }) => traits))).toEqual(numbered(25))
    const next = await api.read(`${TRAITS}?limit=7&next=${pages[0]?.cursor.next}`)
    expect(next).toEqual(pages[1])
  })

  it('gives each trait once while new ones arrive before, behind and between', async () => {
    const arriving = ['t2 a', 'a', 't11 a', 'z']
    const traits: Record<string, number> = numbered(25)
    const pages = await api.walk(`${TRAITS}?limit=6`, () => {
      traits[arriving.shift() ?? ''] = 0
      space.put({ ids: [ADA], traits })
    })
    const seen = pages.flatMap((page) => Object.keys(page.traits))
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen).toEqual(expect.arrayContaining([...Object.keys(numbered(25)), 't2 a', 'z']))
  })
})

describe('/traits', () => {
  it('tells with `verbose` where and when each trait was written', async () => {
    space.put({ ids: [ADA], traits: { plan: 'pro', tags: ['a'] } })
    const { traits } = await api.read(`${TRAITS}?verbose=true`)
    const stamp = { source_id: 'shop', updated_at: '2046-11-20T08:00:00.000Z' }
    expect(traits).toEqual({ plan: { value: 'pro', ...stamp }, tags: { value: ['a'], ...stamp } })
    expect((await api.read(`${TRAITS}?verbose=false`)).traits).toEqual({ plan: 'pro', tags: ['a'] })
  })

  it.each(['audience', 'computed_trait'])('has nothing of the class %s yet', async (kind) => {
    space.put({ ids: [ADA], traits: numbered(3) })
    const { traits, cursor } = await api.read(`${TRAITS}?class=${kind}`)
    expect([traits, cursor.has_more]).toEqual([{}, false])
  })

  it.each([
    ['class=all', 'The parameter `class` must be `audience` or `computed_trait`.'],
    ['next=browser', 'The parameter `next` is no cursor of this list.'],
    ['next=WyJhIiwiYiJd', 'The parameter `next` is no cursor of this list.'],
  ])('refuses %s', async (query, message) => {
    space.put({ ids: [ADA] })
    const response = await api.get(`${TRAITS}?${query}`)
    expect([response.status, await response.json()]).toEqual([
      400,
      { error: { code: 'invalid_request_error', message } },
    ])
  })
})
