import { abortAllDurableObjects, reset, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Applied, News, ProfileRead } from '../../../durable-objects/profile/news.ts'
import type { Profile } from '../../../durable-objects/profile/profile.ts'
import { ProfileStore } from '../../../durable-objects/profile/profile-store.ts'
import { news, newsId, stamp } from '../../support/profiles.ts'

beforeEach(() => void vi.spyOn(console, 'error').mockReturnValue())
afterEach(async () => {
  vi.restoreAllMocks()
  await reset()
})

/** As others call it; the stub's own type gives up at a value that nests. */
type Calls = Pick<Profile, 'absorb' | 'part'> & {
  apply(news: News): Promise<Applied>
  read(): Promise<ProfileRead>
}
const stubOf = (name: string) => env.PROFILE.getByName(`space:${name}`)
const profile = (name: string) => stubOf(name) as unknown as Calls
const viewOf = async (name: string) => {
  const read = await profile(name).read()
  if (read.state !== 'found') throw new Error(`${name}: ${JSON.stringify(read)}`)
  return read.view
}
const idsOf = async (name: string) => (await viewOf(name)).ids.map(({ key }) => key).sort()
const traitsOf = async (name: string) =>
  Object.fromEntries(
    Object.entries((await viewOf(name)).traits).map(([trait, { value }]) => [trait, value]),
  )
/** Where an error is no rejection of a call, which the runtime reports as unhandled. */
const inside = (name: string, work: (object: Profile) => unknown) =>
  runInDurableObject(stubOf(name), async (object: Profile) => void (await work(object)))
const outboxOf = (name: string) =>
  runInDurableObject(
    stubOf(name),
    (_, { storage }) => new ProfileStore(storage).read().state.outbox,
  )

/** A visitor `use_a` with one trait and a user `use_u` with another. */
async function two(): Promise<void> {
  await profile('use_a').apply(news('a1', { plan: 'free', x: 1 }, { link: 1, t: 1 }))
  await profile('use_u').apply(news('u1', { plan: 'pro' }, { link: 2, t: 2 }))
}
const merge = { n: 5, loser: 'use_a' }
const parting = { n: 7, ids: ['a1'], to: 'use_a' }

describe('a Profile', () => {
  it('shows what it was told, after a start too', async () => {
    expect(await profile('use_u').read()).toEqual({ state: 'unknown' })
    await profile('use_u').apply({
      ...news('u1', { plan: 'pro' }, { t: 2 }),
      groups: [
        { by: 'u1', groupId: 'g1', ...stamp(3) },
        { by: 'u1', groupId: 'g2', ...stamp(4) },
      ],
      consents: [{ by: 'u1', categories: { ads: true }, ...stamp(3) }],
    })
    await abortAllDurableObjects()
    expect(await viewOf('use_u')).toEqual({
      name: 'use_u',
      collection: 'users',
      version: 1,
      ids: [{ ...newsId('u1'), collection: 'users' }],
      traits: { plan: { value: 'pro', sourceId: 'shop', updatedAtMs: 2_000 } },
      groups: [
        { by: 'u1', groupId: 'g1', ...stamp(3) },
        { by: 'u1', groupId: 'g2', ...stamp(4) },
      ],
      consent: { ads: true },
      createdAtMs: 1_000,
      updatedAtMs: expect.any(Number),
    })
  })

  it('writes nothing when it learns nothing', async () => {
    await two()
    const write = vi.spyOn(ProfileStore.prototype, 'write')
    const answer = await profile('use_u').apply(news('u1', { plan: 'pro' }, { link: 2, t: 2 }))
    expect(answer).toEqual({ state: 'unchanged' })
    expect(write).not.toHaveBeenCalled()
    expect((await viewOf('use_u')).version).toBe(1)
  })

  it('I10: of an account has link 0; null deletes its trait', async () => {
    const account = (t: number, traits: { plan: string | null }) => ({
      ...news('g1', traits, { link: 0, t }),
      profile: 'acc_g',
      collection: 'accounts' as const,
    })
    await profile('acc_g').apply(account(1, { plan: 'a' }))
    expect(await traitsOf('acc_g')).toEqual({ plan: 'a' })
    expect(await profile('acc_g').apply(account(2, { plan: null }))).toEqual({ state: 'applied' })
    expect(await traitsOf('acc_g')).toEqual({})
    expect((await viewOf('acc_g')).collection).toBe('accounts')
  })

  it('takes what the loser of a merge holds, once or twice', async () => {
    await two()
    await profile('use_u').absorb(merge)
    const { version } = await viewOf('use_u')
    await abortAllDurableObjects()
    await profile('use_u').absorb(merge)
    expect(await traitsOf('use_u')).toEqual({ plan: 'pro', x: 1 })
    expect(await idsOf('use_u')).toEqual(['a1', 'u1'])
    expect((await viewOf('use_u')).version).toBe(version)
    expect(await profile('use_a').read()).toEqual({ state: 'moved', to: 'use_u' })
    const late = await profile('use_a').apply(news('a1', { x: 2 }, { link: 1, t: 3 }))
    expect(late).toEqual({ state: 'moved', to: 'use_u' })
  })

  it('gives ids back when a link is undone, with what came meanwhile, once or twice', async () => {
    await two()
    await profile('use_u').absorb(merge)
    await profile('use_u').apply(news('a1', { seen: true }, { link: 5, t: 6 }))
    for (const _ of [1, 2]) {
      await profile('use_u').part(parting)
      await abortAllDurableObjects()
      expect(await traitsOf('use_u')).toEqual({ plan: 'pro' })
      expect(await traitsOf('use_a')).toEqual({ plan: 'free', seen: true, x: 1 })
      expect(await outboxOf('use_u')).toEqual([])
    }
    expect(await profile('use_u').apply(news('a1', {}, { link: 5 }))).toEqual({
      state: 'refused',
      ids: ['a1'],
    })
  })

  it('does not take back what was parted when its merge is told late', async () => {
    await two()
    await profile('use_u').absorb(merge)
    await profile('use_u').part(parting)
    await profile('use_u').absorb(merge)
    expect(await idsOf('use_u')).toEqual(['u1'])
    expect(await idsOf('use_a')).toEqual(['a1'])
  })

  it('told of a part before the merge that it undoes ends the same', async () => {
    await two()
    await profile('use_u').part(parting)
    await profile('use_u').absorb(merge)
    expect(await idsOf('use_u')).toEqual(['u1'])
    expect(await traitsOf('use_a')).toEqual({ plan: 'free', x: 1 })
  })

  it('that was handed over itself sends on what it is told to take', async () => {
    await two()
    await profile('use_w').apply(news('u9', {}, { link: 3 }))
    await profile('use_w').absorb({ n: 6, loser: 'use_u' })
    await profile('use_u').absorb(merge)
    expect(await idsOf('use_w')).toEqual(['a1', 'u1', 'u9'])
    expect(await profile('use_u').read()).toEqual({ state: 'moved', to: 'use_w' })
    expect(await traitsOf('use_w')).toEqual({ plan: 'pro', x: 1 })
  })

  it('looks again after it asked: handed over while it waited, it keeps nothing', async () => {
    await two()
    await runInDurableObject(stubOf('use_u'), async (object: Profile) => {
      const absorbed = object.absorb(merge)
      object.handOver({ n: 6, winner: 'use_w' })
      await absorbed
    })
    await profile('use_w').absorb({ n: 6, loser: 'use_u' })
    expect(await idsOf('use_w')).toEqual(['a1', 'u1'])
    expect(await profile('use_u').read()).toEqual({ state: 'moved', to: 'use_w' })
  })

  it('two that take the same at once take it once', async () => {
    await two()
    await Promise.all([profile('use_u').absorb(merge), profile('use_u').absorb(merge)])
    expect(await idsOf('use_u')).toEqual(['a1', 'u1'])
  })

  it('keeps in its outbox what did not arrive, and sends it by itself', async () => {
    await two()
    await profile('use_u').absorb(merge)
    await inside('use_u', async (object) => {
      const absent = { rejoin: () => Promise.reject(new Error('overloaded')) }
      vi.spyOn(env.PROFILE, 'getByName').mockReturnValueOnce(absent as never)
      await expect(object.part(parting)).rejects.toThrow('overloaded')
    })
    expect(await outboxOf('use_u')).toHaveLength(1)
    expect(await idsOf('use_u')).toEqual(['u1'])
    await abortAllDurableObjects()
    await runInDurableObject(stubOf('use_u'), async (object: Profile, { storage }) => {
      expect(await storage.getAlarm()).not.toBeNull()
      await object.alarm()
    })
    expect(await outboxOf('use_u')).toEqual([])
    expect(await idsOf('use_a')).toEqual(['a1'])
  })

  it('remembers nothing that its storage refused', async () => {
    await two()
    vi.spyOn(ProfileStore.prototype, 'write').mockImplementationOnce(() => {
      throw new Error('the disk is full')
    })
    const more = news('u1', { plan: 'max' }, { link: 2, t: 3 })
    await inside('use_u', (object) => expect(() => object.apply(more)).toThrow('the disk is full'))
    expect(await traitsOf('use_u')).toEqual({ plan: 'pro' })
    expect(await profile('use_u').apply(more)).toEqual({ state: 'applied' })
  })

  it('whose row is of an unknown version answers an error and leaves it', async () => {
    await two()
    const rowOf = () =>
      runInDurableObject(stubOf('use_u'), (_, { storage }) => {
        const [row] = storage.sql.exec<{ body: ArrayBuffer }>('SELECT body FROM state').toArray()
        return new TextDecoder().decode(row?.body)
      })
    await runInDurableObject(stubOf('use_u'), (_, { storage }) => {
      const later = new TextEncoder().encode('{"v":9}')
      storage.sql.exec('UPDATE state SET body = ?', later)
    })
    await abortAllDurableObjects()
    await inside('use_u', (object) => {
      expect(() => object.read()).toThrow('profile row version is not 1')
      expect(() => object.apply(news('u1'))).toThrow('profile row version is not 1')
    })
    expect(await rowOf()).toBe('{"v":9}')
  })

  it('takes more than a row when it unites large ones', async () => {
    const wide = 'x'.repeat(30_000)
    const losers = Array.from({ length: 10 }, (_, at) => `use_${at}`)
    for (const [at, loser] of losers.entries()) {
      const traits = Object.fromEntries([...'abcdefgh'].map((name) => [`${name}${at}`, wide]))
      await profile(loser).apply(news(`a${at}`, traits))
      await profile('use_u').absorb({ n: at + 10, loser })
    }
    await abortAllDurableObjects()
    expect(Object.keys(await traitsOf('use_u'))).toHaveLength(80)
    const rows = await runInDurableObject(stubOf('use_u'), (_, { storage }) =>
      storage.sql.exec('SELECT i FROM state').toArray(),
    )
    expect(rows).toHaveLength(2)
  })
})
