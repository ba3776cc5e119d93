import { reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SettledIds } from '../../queues/profiles/settled-ids.ts'
import { FakeSpace } from '../support/fake-space.ts'
import { consumeProfiles, owe, pointer } from '../support/profile-queue.ts'
import { source, TestWorkspace } from '../support/workspace.ts'

const IDENTIFY = { type: 'identify', userId: 'ada', anonymousId: 'a', traits: { plan: 'pro' } }
const TRACK = { userId: 'ada', anonymousId: 'a' }
const GUEST = { anonymousId: 'guest' }

let space: FakeSpace
let memory: SettledIds
let workspace: TestWorkspace
let logged: string[]

beforeEach(() => {
  space = new FakeSpace()
  memory = new SettledIds()
  workspace = new TestWorkspace()
  workspace.has(source())
  logged = []
  vi.spyOn(console, 'error').mockImplementation((line) => logged.push(line))
  vi.spyOn(env.PROFILES, 'sendBatch').mockResolvedValue({
    metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } },
  })
})
afterEach(async () => {
  vi.restoreAllMocks()
  await reset()
})

const state = () => env.DESTINATION.getByName('profiles').state()
const consume = (...bodies: unknown[]) =>
  consumeProfiles({ env, workspace, space, memory }, ...bodies)

describe('resolvePeople', () => {
  it('asks Identity once for a chunk and tells each profile once', async () => {
    await owe(1, [IDENTIFY, TRACK, GUEST, { ...IDENTIFY, userId: 'eve', anonymousId: 'e' }, TRACK])
    expect(await consume(pointer(1, 5))).toEqual(['ack'])
    expect(space.asked).toHaveLength(1)
    expect(space.asked[0]).toHaveLength(4) // the two tracks are alike
    const told = space.told.map(({ ids, traits }) => [ids.map(({ value }) => value), traits.length])
    expect(told).toEqual([
      [['ada', 'a'], 1],
      [['eve', 'e'], 1],
    ])
    expect(await state()).toEqual({ owed: 0, delivered: 5, filtered: {}, dead: {} })
  })

  it('asks and tells nothing while an event brings nothing new', async () => {
    await owe(1, [TRACK, GUEST])
    await owe(2, [TRACK, GUEST, { userId: 'ada' }, { anonymousId: 'a' }])
    await consume(pointer(1, 2))
    await consume(pointer(2, 4))
    expect(space.asked).toHaveLength(1)
    expect(space.told).toHaveLength(1)
    expect(await state()).toMatchObject({ owed: 0, delivered: 6 })
  })

  it('tells new traits of somebody whom it remembers without asking again', async () => {
    await owe(1, [TRACK])
    await owe(2, [IDENTIFY])
    await consume(pointer(1, 1))
    await consume(pointer(2, 1))
    expect(space.asked).toHaveLength(1)
    expect(space.told[1]).toMatchObject({
      profile: space.told[0]?.profile,
      ids: [
        { value: 'ada', link: 1 },
        { value: 'a', link: 2 },
      ],
      traits: [{ name: 'plan', value: 'pro', messageId: 'm1', source: 'shop' }],
    })
  })

  it('gives an account its traits and a person the group, once each', async () => {
    const group = { type: 'group', anonymousId: 'a', groupId: 'g1', traits: { plan: 'a' } }
    await owe(1, [group, { ...group, groupId: 'g2', traits: {} }, TRACK])
    await consume(pointer(1, 3))
    const accounts = space.told.filter(({ collection }) => collection === 'accounts')
    expect(accounts.map(({ ids, traits }) => [ids[0]?.value, traits.length])).toEqual([
      ['g1', 1],
      ['g2', 0],
    ])
    expect(accounts.every(({ profile }) => profile.startsWith('acc_'))).toBe(true)
    const person = space.told.find(({ collection }) => collection === 'users')
    expect(person?.groups.map(({ groupId }) => groupId)).toEqual(['g1', 'g2'])
    expect(person?.traits).toEqual([])
  })

  it('I5: tells the newest of what a chunk says again and again, whatever its order', async () => {
    const at = (minute: number, plan: string) => ({
      ...IDENTIFY,
      timestamp: `2026-11-25T11:${minute}:00.000Z`,
      traits: { plan },
    })
    await owe(1, [at(40, 'pro'), at(10, 'trial'), at(30, 'free'), at(20, 'pro')])
    expect(await consume(pointer(1, 4))).toEqual(['ack'])
    expect(space.told[0]?.traits.map(({ value }) => value)).toEqual(['free', 'pro'])
    expect(await state()).toMatchObject({ owed: 0, delivered: 4 })
  })

  it('counts what says nothing by its reason, and buries a line that is no event', async () => {
    await owe(1, ['{"half', TRACK, { type: 'group', userId: 'u', groupId: '' }, '[]'])
    expect(await consume(pointer(1, 5))).toEqual(['ack'])
    expect(await state()).toEqual({
      owed: 0,
      delivered: 1,
      filtered: { group_id_empty: 1 },
      dead: { UNREADABLE_EVENT: 2 },
    })
  })

  it('counts malformed ids in one line without a value', async () => {
    const externalIds = [{ id: 'secret-phone', type: 'Phone' }]
    await owe(1, [{ ...TRACK, context: { externalIds } }])
    await consume(pointer(1, 1))
    expect(logged).toEqual([expect.stringContaining('"PROFILES_IGNORED"')])
    expect(logged[0]).toContain('"malformed":1')
    expect(logged.join()).not.toMatch(/secret-phone|ada/)
  })
})

describe('while something fails', () => {
  it('owes all events that Identity was not asked about', async () => {
    space.isDown = true
    await owe(1, [TRACK, { userId: 'u', messageId: 'm'.repeat(101) }])
    expect(await consume(pointer(1, 2))).toEqual(['retry'])
    expect(await state()).toMatchObject({ owed: 1, filtered: { message_id_too_long: 1 } })
    expect(logged).toEqual([expect.stringContaining('"IDENTITY_UNAVAILABLE":1')])
  })

  it('owes only the events of a profile that does not answer, and tells it again', async () => {
    const eve = { ...IDENTIFY, userId: 'eve', anonymousId: 'e' }
    space.answer = ({ ids }) => {
      if (ids[0]?.value === 'eve') throw new Error('the object is gone')
      return { state: 'applied' }
    }
    await owe(1, [IDENTIFY, eve, TRACK])
    expect(await consume(pointer(1, 3))).toEqual(['retry'])
    expect(await state()).toMatchObject({ owed: 1, delivered: 2 })
    space.answer = () => ({ state: 'applied' })
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 60_000)
    expect(await consume(pointer(1, 3))).toEqual(['ack'])
    expect(space.told.at(-1)?.ids[0]?.value).toBe('eve')
    expect(await state()).toMatchObject({ owed: 0, delivered: 3 })
  })

  it('goes where a profile has gone, and does not remember the old place', async () => {
    space.answer = ({ profile }) =>
      profile === 'use_new' ? { state: 'applied' } : { state: 'moved', to: 'use_new' }
    await owe(1, [IDENTIFY])
    await owe(2, [TRACK])
    expect(await consume(pointer(1, 1))).toEqual(['ack'])
    expect(space.told.map(({ profile }) => profile)).toEqual([expect.anything(), 'use_new'])
    await consume(pointer(2, 1))
    expect(space.asked).toHaveLength(2)
  })

  it('asks afresh once when a profile refuses ids, because the memory was old', async () => {
    await owe(1, [TRACK])
    await owe(2, [IDENTIFY, GUEST])
    await consume(pointer(1, 1))
    let refusals = 1
    space.answer = ({ ids }) =>
      refusals-- > 0 ? { state: 'refused', ids: ids.map(({ key }) => key) } : { state: 'applied' }
    expect(await consume(pointer(2, 2))).toEqual(['ack'])
    expect(space.asked.map((sets) => sets.length)).toEqual([1, 1, 1]) // the guest, then ada afresh
    expect(await state()).toMatchObject({ owed: 0, delivered: 3 })
  })

  it('owes the event when the profile refuses its ids again', async () => {
    space.answer = ({ ids }) => ({ state: 'refused', ids: ids.map(({ key }) => key) })
    await owe(1, [IDENTIFY, GUEST])
    expect(await consume(pointer(1, 2))).toEqual(['retry'])
    expect(space.told).toHaveLength(2)
    expect(await state()).toMatchObject({ owed: 1, delivered: 1 })
  })

  it('owes the events of a merge that could not be driven', async () => {
    const merge = { kind: 'merge', n: 3, winner: 'use_w', loser: 'use_l' } as const
    space.pending = [merge]
    space.left = [{ pending: merge, error: new Error('the loser does not answer') }]
    await owe(1, [TRACK])
    expect(await consume(pointer(1, 1))).toEqual(['retry'])
    expect(await state()).toMatchObject({ owed: 1 })
    expect(logged).toEqual([expect.stringContaining('"MERGE_UNAVAILABLE":1')])
  })

  it('asks again who has a merge to be driven, until it is: the memory does not end it', async () => {
    const merge = { kind: 'merge', n: 3, winner: 'use_w', loser: 'use_l' } as const
    space.pending = [merge]
    space.left = [{ pending: merge, error: new Error('the loser does not answer') }]
    await owe(1, [TRACK])
    await consume(pointer(1, 1))
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 40_000) // sooner than the memory forgets
    expect(await consume(pointer(1, 1))).toEqual(['retry'])
    expect(space.asked).toHaveLength(2)
    expect(await state()).toMatchObject({ owed: 1 })
  })

  it('owes the chunk while R2 fails, and buries it when R2 says that it is not there', async () => {
    await owe(1, [TRACK])
    const get = vi.spyOn(env.ARCHIVE, 'get').mockRejectedValue(new Error('R2 is down'))
    expect(await consume(pointer(1, 1))).toEqual(['retry'])
    expect(await state()).toMatchObject({ owed: 1 })
    get.mockResolvedValue(null)
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 60_000)
    expect(await consume(pointer(1, 1))).toEqual(['ack'])
    expect(await state()).toMatchObject({ owed: 0, dead: { ARCHIVE_MISSING: 1 } })
  })

  it('does nothing for a doubled pointer, and ends each message by itself', async () => {
    await owe(1, [IDENTIFY])
    const ends = await consume('nonsense', pointer(1, 1), pointer(1, 1), { v: 2 }, pointer(9, 1))
    expect(ends).toEqual(['ack', 'ack', 'retry', 'retry', 'ack'])
    expect(space.told).toHaveLength(1)
    expect(await consume(pointer(1, 1))).toEqual(['ack'])
    expect(space.told).toHaveLength(1)
  })

  it('finds a source that the older snapshot lacks, and lets events of a deleted one be', async () => {
    await owe(1, [TRACK])
    await owe(2, [TRACK])
    workspace.late = { version: 0, sources: [], destinations: [] }
    expect(await consume(pointer(1, 1))).toEqual(['ack'])
    expect(await state()).toMatchObject({ delivered: 1 })
    workspace.has()
    expect(await consume(pointer(2, 1))).toEqual(['ack'])
    expect(await state()).toMatchObject({ delivered: 1, filtered: { unknown_source: 1 } })
  })
})
