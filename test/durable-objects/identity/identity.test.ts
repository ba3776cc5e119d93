import { abortAllDurableObjects, reset, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { nameProfile } from '../../../durable-objects/identity/external-id.ts'
import type { Identity } from '../../../durable-objects/identity/identity.ts'
import { IdentityStore } from '../../../durable-objects/identity/identity-store.ts'
import { idSet, key } from '../../support/identity.ts'

afterEach(async () => {
  vi.restoreAllMocks()
  await reset()
})

const identity = () => env.IDENTITY.getByName('space')
const name = (id: string) => nameProfile(key(id))
const rows = (query: string) =>
  runInDurableObject(identity(), (_, { storage }) => storage.sql.exec(query).toArray())
const together = [idSet('u1 a1'), idSet('e2 a2'), idSet('a1 a2')]
const merge = { kind: 'merge', n: 5, winner: name('u1'), loser: name('e2') } as const

describe('Identity', () => {
  it('makes a secret on first use and keeps it', async () => {
    const first = await identity().space()
    expect(first.secret).toMatch(/^[0-9a-f]{64}$/)
    await abortAllDurableObjects()
    expect(await identity().space()).toEqual(first)
  })

  it('says the same when asked again, after a start too, and writes nothing', async () => {
    const first = await identity().resolve(together)
    expect(first.resolutions.map(({ profile }) => profile?.name)).toEqual(Array(3).fill(name('u1')))
    expect(first.pending).toEqual([merge])
    const before = await rows('SELECT * FROM profile, link')
    await abortAllDurableObjects()
    expect(await identity().resolve(together)).toEqual(first)
    expect(await rows('SELECT * FROM profile, link')).toEqual(before)
  })

  it('judges events of people with very many ids in pieces: not all of them are in memory', async () => {
    const many = Array.from({ length: 80 }, (_, n) => n)
    const idsOf = (n: number) =>
      Array.from({ length: 990 }, (_, id) => ({ type: `t${id % 198}`, key: key(`${n}.${id}`) }))
    for (const n of many) await identity().resolve([idSet('', { ids: idsOf(n) })])
    const sets = many.map((n) => {
      const { ids } = idSet(`p${n}`)
      return idSet('', { ids: [...ids, ...idsOf(n).slice(0, 1)] })
    })
    const { resolutions } = await identity().resolve(sets)
    expect(resolutions.map(({ profile }) => profile?.name)).toEqual(many.map((n) => name(`${n}.0`)))
    expect(resolutions.map(({ ids }) => ids.length)).toEqual(many.map(() => 2))
    const [links] = await rows('SELECT count(*) AS count FROM link')
    expect(links).toEqual({ count: 2 * 80 + 2 }) // two pieces; a row has 500 links
    expect((await identity().resolve(sets)).resolutions).toEqual(resolutions)
  })

  it('goes on counting after a start', async () => {
    await identity().resolve([idSet('u1 a1')])
    await abortAllDurableObjects()
    await identity().resolve([idSet('u1 a2')])
    expect((await identity().find(key('a2')))?.ids.map(({ link }) => link)).toEqual([1, 2, 3])
  })

  it('names a merge as pending until it is done', async () => {
    await identity().resolve(together)
    expect((await identity().resolve([idSet('a2')])).pending).toEqual([merge])
    await identity().done(5)
    await identity().done(5)
    await identity().done(99)
    expect((await identity().resolve([idSet('a2')])).pending).toEqual([])
    expect((await identity().find(key('e2')))?.pending).toEqual([])
  })

  it('finds an id where it is now', async () => {
    expect(await identity().find(key('u1'))).toBeNull()
    await identity().resolve(together)
    expect(await identity().find(key('e2'))).toEqual({
      name: name('u1'),
      ids: [
        { key: key('u1'), type: 'user_id', link: 1 },
        { key: key('a1'), type: 'anonymous_id', link: 2 },
        { key: key('e2'), type: 'email', link: 5 },
        { key: key('a2'), type: 'anonymous_id', link: 5 },
      ],
      pending: [merge],
    })
  })

  it('shows the journal of a profile by any name it ever had', async () => {
    await identity().resolve(together.slice(0, 2))
    await identity().resolve([idSet('a1 a2', { messageId: 'm7', source: 'app', atMs: 7_000 })])
    const page = await identity().links(name('e2'), 3)
    expect(page).toMatchObject({ state: 'found', next: null })
    expect(page.state === 'found' && page.links.at(-1)).toEqual({
      ...{ n: 5, kind: 'merge', atMs: 7_000, source: 'app', messageId: 'm7' },
      ...{ carrier: key('a1'), brought: key('a2'), winner: name('u1'), loser: name('e2') },
    })
    expect(await identity().links(name('u9'))).toEqual({ state: 'unknown_profile' })
    expect(await identity().links('nobody')).toEqual({ state: 'unknown_profile' })
  })

  it('pages a long journal, each link once', async () => {
    const types = [{ type: 'anonymous_id', limit: 200, priority: 3 }]
    expect(await identity().setPolicy({ types })).toMatchObject({ state: 'valid' })
    for (let n = 0; n < 60; n += 1) await identity().resolve([idSet(`u1 a${n} a${n + 100}`)])
    const numbers: number[] = []
    for (let cursor: number | null = 0; cursor !== null; ) {
      const page = await identity().links(name('u1'), cursor)
      if (page.state !== 'found') throw new Error(page.state)
      numbers.push(...page.links.map(({ n }) => n))
      cursor = page.next
    }
    expect(numbers).toEqual(Array.from({ length: 121 }, (_, n) => n + 1))
  })

  it('undoes and joins, and names all that is to be told, oldest first', async () => {
    await identity().resolve(together)
    const parted = await identity().unmerge(name('u1'), 5)
    const part = {
      kind: 'part',
      n: 6,
      from: name('u1'),
      to: name('e2'),
      ids: [key('e2'), key('a2')],
    }
    expect(parted).toMatchObject({ state: 'parted', n: 6, pending: [merge, part] })
    expect(await identity().unmerge(name('u1'), 5)).toEqual(parted)
    expect((await identity().find(key('a2')))?.pending).toEqual([merge, part])
    expect((await identity().resolve(together)).resolutions[2]?.demoted).toEqual([key('a2')])
    const joined = await identity().join([key('a1'), key('a2')], 'operator')
    expect(joined).toMatchObject({ state: 'joined', name: name('u1'), links: [7] })
    const page = await identity().links(name('u1'))
    expect(page.state === 'found' && page.links.at(-1)).toMatchObject({ n: 7, source: 'operator' })
    expect(await identity().unmerge('nobody', 1)).toEqual({ state: 'unknown_profile' })
  })

  it('keeps a policy, and refuses a wrong one with the field', async () => {
    const types = [{ type: 'email', limit: 1, priority: 2 }]
    await identity().setPolicy({ types })
    await abortAllDurableObjects()
    expect((await identity().space()).policy.types).toEqual(types)
    await identity().resolve([idSet('u1 e1'), idSet('u1 e2')])
    expect(await identity().find(key('e2'))).toBeNull()
    expect(await identity().setPolicy({ types: [{ ...types[0], limit: 0 }] })).toEqual({
      ...{ state: 'invalid', field: 'types.0.limit', message: 'limit must be at least 1' },
    })
  })

  it('takes a call of thousands of links', async () => {
    const sets = Array.from({ length: 1_000 }, (_, n) => idSet(`u${n} e${n} a${n}`))
    const { resolutions } = await identity().resolve(sets)
    expect(resolutions[999]?.ids.map(({ link }) => link)).toEqual([2_998, 2_999, 3_000])
    expect(await rows('SELECT first FROM link')).toHaveLength(6)
    await abortAllDurableObjects()
    expect(await identity().links(name('u700'))).toMatchObject({
      links: [{ n: 2_101 }, { n: 2_102 }, { n: 2_103 }],
    })
  })

  it('starts again from the disk when a write is refused: no number is given twice', async () => {
    vi.spyOn(console, 'error').mockReturnValue()
    await identity().resolve([idSet('u1')])
    const refused = runInDurableObject(identity(), (object: Identity) => {
      vi.spyOn(IdentityStore.prototype, 'write').mockImplementationOnce(() => {
        throw new Error('the disk is full')
      })
      return object.resolve([idSet('u2')])
    })
    await expect(refused).rejects.toThrow()
    expect(await identity().find(key('u2'))).toBeNull()
    await identity().resolve([idSet('u2')])
    expect((await identity().find(key('u2')))?.ids).toMatchObject([{ link: 2 }])
  })
})
