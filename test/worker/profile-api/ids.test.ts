import { reset } from 'cloudflare:test'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Collector } from '../../support/collector.ts'
import { PROFILES, profileReader } from '../../support/profile-reader.ts'
import { StandInSpace } from '../../support/stand-in-space.ts'
import { source, TestWorkspace } from '../../support/workspace.ts'

const workspace = new TestWorkspace()
workspace.has(source())
const ADA = { type: 'user_id', value: 'ada' }
let space: StandInSpace
let api: ReturnType<typeof profileReader>

beforeEach(() => {
  space = new StandInSpace()
  api = profileReader(new Collector(workspace, space.bindings))
})
afterEach(reset)

const devices = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ type: 'anonymous_id', value: `a${n}` }))

describe('/external_ids', () => {
  const IDS = `${PROFILES}/user_id:ada/external_ids`

  it('shows each id with the event that brought it', async () => {
    space.put({ ids: [ADA, { type: 'email', value: 'Ada@Example.com' }] })
    const { data, cursor } = await api.read(IDS)
    expect(data).toEqual([
      {
        source_id: 'shop',
        collection: 'users',
        id: 'Ada@Example.com',
        type: 'email',
        created_at: '2046-11-20T08:00:00.001Z',
        encoding: 'none',
        first_message_id: 'm2',
      },
      expect.objectContaining({ id: 'ada', type: 'user_id', first_message_id: 'm1' }),
    ])
    expect(cursor).toEqual({ url: IDS, has_more: false, next: '', limit: 10 })
  })

  it('gives every id once while new ones arrive', async () => {
    space.put({ ids: [ADA, ...devices(24)] })
    const pages = await api.walk(`${IDS}?limit=5`, () => {
      space.put({ ids: [ADA, { type: 'anonymous_id', value: '0 first' }, ...devices(30)] })
    })
    const seen = pages.flatMap(({ data }) => data.map(({ id }) => id))
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen).toEqual(expect.arrayContaining(['ada', ...devices(24).map(({ value }) => value)]))
  })

  it('gives the types that `include` names, and refuses more than 100', async () => {
    space.put({ ids: [ADA, ...devices(3)] })
    const { data } = await api.read(`${IDS}?include=user_id,email`)
    expect(data.map(({ id }) => id)).toEqual(['ada'])
    expect((await api.get(`${IDS}?limit=101`)).status).toBe(400)
  })
})

describe('/links', () => {
  const LINKS = `${PROFILES}/user_id:ada/links`
  const group = (groupId: string, minute: number, by = 'x') => ({
    by,
    groupId,
    atMs: Date.parse(`2046-11-20T09:${minute}:00Z`),
    messageId: `g${minute}`,
    source: 'shop',
  })

  it('leads a person to the accounts of all their groups, each once, as first told', async () => {
    const groups = [group('g2', 20), group('g1', 30, 'y'), group('g1', 10)]
    space.put({ ids: [ADA], groups })
    const { data, cursor } = await api.read(LINKS)
    const stamp = { source_id: 'shop', collection: 'accounts', encoding: 'none' }
    expect(data).toEqual([
      {
        to_collection: 'accounts',
        external_ids: [
          { id: 'g1', type: 'group_id', created_at: '2046-11-20T09:10:00.000Z', ...stamp },
        ],
      },
      {
        to_collection: 'accounts',
        external_ids: [
          { id: 'g2', type: 'group_id', created_at: '2046-11-20T09:20:00.000Z', ...stamp },
        ],
      },
    ])
    expect(cursor).toEqual({ url: LINKS, has_more: false, next: '', limit: 20 })
  })

  it('gives at most 20 a page', async () => {
    space.put({ ids: [ADA], groups: Array.from({ length: 45 }, (_, n) => group(`g${n}`, 10)) })
    const pages = await api.walk(LINKS)
    expect(pages.map(({ data }) => data.length)).toEqual([20, 20, 5])
    expect((await api.get(`${LINKS}?limit=21`)).status).toBe(400)
  })

  it('says of an account that its people are not kept, rather than that there are none', async () => {
    space.put({ ids: [{ type: 'group_id', value: 'g1' }], collection: 'accounts' })
    const response = await api.get(
      `${LINKS.replace('users', 'accounts').replace('user_id:ada', 'group_id:g1')}`,
    )
    expect([response.status, await response.json()]).toEqual([
      400,
      { error: { code: 'invalid_request_error', message: 'Links of accounts are not kept.' } },
    ])
  })
})
