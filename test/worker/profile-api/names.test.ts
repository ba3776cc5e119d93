import { reset } from 'cloudflare:test'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nameProfile } from '../../../durable-objects/identity/external-id.ts'
import { Collector } from '../../support/collector.ts'
import { track } from '../../support/events.ts'
import { PROFILES, profileReader } from '../../support/profile-reader.ts'
import { StandInSpace } from '../../support/stand-in-space.ts'
import { source, TestWorkspace } from '../../support/workspace.ts'

const workspace = new TestWorkspace()
workspace.has(source())
let space: StandInSpace
let collector: Collector
let api: ReturnType<typeof profileReader>

beforeEach(() => {
  space = new StandInSpace()
  collector = new Collector(workspace, space.bindings)
  api = profileReader(collector)
})
afterEach(async () => {
  vi.restoreAllMocks()
  await reset()
})

const user = (value: string) => ({ type: 'user_id', value })
const traitsOf = async (name: string) => (await api.read(`${PROFILES}/${name}/traits`)).traits
const statusOf = async (name: string) => (await api.get(`${PROFILES}/${name}/traits`)).status

describe('case I6: letters and spaces in ids', () => {
  it.each([
    'Ada%40Example.com',
    'ada%40example.com',
    'ADA%40EXAMPLE.COM',
    'ada@example.com',
    '%20ada%40example.COM%20',
  ])('finds the person by email:%s and shows the address as it was sent last', async (value) => {
    const email = ' ada@example.COM '
    space.put({ ids: [user('u1'), { type: 'email', value: email }], traits: { email } })
    expect(await traitsOf(`email:${value}`)).toEqual({ email })
  })

  it('keeps two people apart whose user ids differ by a letter’s case', async () => {
    space.put({ ids: [user('ABC')], traits: { is: 'upper' } })
    space.put({ ids: [user('abc')], traits: { is: 'lower' } })
    expect(await traitsOf('user_id:ABC')).toEqual({ is: 'upper' })
    expect(await traitsOf('user_id:abc')).toEqual({ is: 'lower' })
  })

  it('looks up the lower-case id as Segment does, if nobody ever had the one sent', async () => {
    space.put({ ids: [user('abc')], traits: { is: 'lower' } })
    expect(await traitsOf('user_id:ABC')).toEqual({ is: 'lower' })
    expect(await statusOf('user_id:ABD')).toBe(404)
  })

  it('never shows the lower-case person for one of whom only events are known', async () => {
    space.put({ ids: [user('abc')], traits: { is: 'lower' } })
    await collector.batch(track({ userId: 'ABC' }))
    expect(await statusOf('user_id:ABC')).toBe(404)
  })

  it('finds no id of another type in lower case: whose it is cannot be known', async () => {
    space.put({ ids: [user('u1'), { type: 'braze_id', value: 'abc' }] })
    expect([await statusOf('braze_id:abc'), await statusOf('braze_id:ABC')]).toEqual([200, 404])
  })

  it('finds no lower-case id that an upper-case one stands beside', async () => {
    space.put({ ids: [user('ABC')] })
    expect(await statusOf('user_id:abc')).toBe(404)
  })
})

describe('an id in a path', () => {
  it.each([
    ['+49 30 1234', '%2B49%2030%201234'],
    ['a/b?c#d', 'a%2Fb%3Fc%23d'],
    ['100%', '100%25'],
    ['%41', '%2541'],
    ['a:b:c', 'a:b:c'],
    ['a:b', 'a%3Ab'],
    ['Žižek 🎈', '%C5%BDi%C5%BEek%20%F0%9F%8E%88'],
    ['/profiles/x', '%2Fprofiles%2Fx'],
    ['a+b', 'a+b'],
  ])('%s is found as phone:%s', async (value, encoded) => {
    space.put({ ids: [user('u1'), { type: 'phone', value }], traits: { found: true } })
    expect(await traitsOf(`phone:${encoded}`)).toEqual({ found: true })
    expect(await traitsOf(`phone%3A${encoded}`)).toEqual({ found: true })
  })

  it('is not decoded twice', async () => {
    space.put({ ids: [user('u1'), { type: 'phone', value: 'A' }] })
    expect(await statusOf('phone:%2541')).toBe(404)
  })

  it('of an empty type or value is refused before any object is asked', async () => {
    const getByName = vi.spyOn(space.bindings.IDENTITY, 'getByName')
    expect([await statusOf('phone:'), await statusOf(':1')]).toEqual([400, 400])
    expect(getByName).not.toHaveBeenCalled()
  })
})

describe("a profile's name", () => {
  it('finds it, and so does the name of one that was merged into it', async () => {
    const winner = space.put({ ids: [user('u1')], traits: { is: 'winner' } })
    const loser = space.put({ ids: [user('u2')], traits: { is: 'loser' } })
    space.move(loser, winner)
    expect(await traitsOf(winner)).toEqual({ is: 'winner' })
    expect(await traitsOf(loser)).toEqual({ is: 'winner' })
    expect(await traitsOf('user_id:u2')).toEqual({ is: 'winner' })
  })

  it('that Identity still has is followed to where the profile went', async () => {
    const winner = space.put({ ids: [user('u1')], traits: { is: 'winner' } })
    const loser = space.put({ ids: [user('u2')] })
    space.reads.set(loser, { state: 'moved', to: winner })
    expect(await traitsOf(loser)).toEqual({ is: 'winner' })
  })

  it('of a person is none of an account', async () => {
    const name = space.put({ ids: [user('u1')] })
    const account = space.put({
      ids: [{ type: 'group_id', value: 'g1' }],
      collection: 'accounts',
      traits: { plan: 'team' },
    })
    const accounts = PROFILES.replace('users', 'accounts')
    const path = (each: string) => `${accounts}/${each}/traits`
    expect((await api.get(path(name))).status).toBe(404)
    expect((await api.get(path('user_id:u1'))).status).toBe(404)
    expect((await api.get(path('group_id:G1'))).status).toBe(404)
    expect((await api.read(path('group_id:g1'))).traits).toEqual({ plan: 'team' })
    expect((await api.read(path(account))).traits).toEqual({ plan: 'team' })
    expect((await api.get(`${PROFILES}/${account}/traits`)).status).toBe(404)
  })

  it('is the same for the same id, in both collections apart', () => {
    const key = space.key(user('u1'))
    expect(nameProfile(key)).toMatch(/^use_[0-9A-Za-z]{22}$/)
    expect(nameProfile(key, 'accounts')).toMatch(/^acc_[0-9A-Za-z]{22}$/)
  })
})
