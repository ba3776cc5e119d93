import { reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  type Collection,
  type ExternalId,
  nameProfile,
} from '../../durable-objects/identity/external-id.ts'
import { makeKey } from '../../durable-objects/identity/make-key.ts'
import { DEFAULT_POLICY } from '../../durable-objects/identity/policy.ts'
import type { ProfileRead } from '../../durable-objects/profile/news.ts'
import { SPACE } from '../../durable-objects/workspace/snapshot.ts'
import { SettledIds } from '../../queues/profiles/settled-ids.ts'
import { openSpace } from '../../queues/profiles/space.ts'
import type { JsonObject } from '../../worker/event/json.ts'
import { consumeProfiles, owe, pointer } from '../support/profile-queue.ts'
import { source, TestWorkspace } from '../support/workspace.ts'

let memory: SettledIds
let chunks: number

beforeEach(() => {
  memory = new SettledIds()
  chunks = 0
  vi.spyOn(env.PROFILES, 'sendBatch').mockResolvedValue({
    metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } },
  })
})
afterEach(async () => {
  vi.restoreAllMocks()
  await reset()
})

/** Lets the consumer work on a chunk of events, each with a message id of its own. */
async function process(...events: JsonObject[]): Promise<void> {
  chunks += 1
  await owe(
    chunks,
    events.map((event, n) => ({ messageId: `m${chunks}.${n}`, ...event })),
  )
  const workspace = new TestWorkspace()
  workspace.has(source())
  const ports = { env, workspace, space: openSpace(env), memory }
  expect(await consumeProfiles(ports, pointer(chunks, events.length))).toEqual(['ack'])
}

const identity = () => env.IDENTITY.getByName(SPACE)

async function keyOf(type: string, value: string, collection: Collection = 'users') {
  return makeKey((await identity().space()).secret, collection, { type, value })
}

const find = async (type: string, value: string) => identity().find(await keyOf(type, value))

async function readProfile(name: string): Promise<ProfileRead> {
  const stub = env.PROFILE.getByName(`${SPACE}:${name}`)
  return (stub as unknown as { read(): Promise<ProfileRead> }).read() // its own type gives up
}

async function view(type: string, value: string) {
  const found = await find(type, value)
  const read = await readProfile(found?.name ?? 'nobody')
  if (read.state !== 'found') throw new Error(`${type} ${value} is ${read.state}`)
  const traits = Object.entries(read.view.traits).map(([name, trait]) => [name, trait.value])
  return { ...read.view, values: Object.fromEntries(traits) }
}

const valuesOf = (ids: readonly ExternalId[]) => ids.map(({ value }) => value).sort()

describe('people, end to end', () => {
  it('links one person by a configured id in all the places where it may be', async () => {
    await identity().setPolicy({
      ...DEFAULT_POLICY,
      customIds: [{ type: 'phone', field: 'phone' }],
    })
    const entry = { id: '+358', type: 'phone', collection: 'users', encoding: 'none' }
    await process(
      { anonymousId: 'a1', context: { externalIds: [entry, { ...entry, type: 'Phone' }] } },
      { anonymousId: 'a2', properties: { phone: '+358' } },
      { anonymousId: 'a3', context: { traits: { phone: '+358' } } },
    )
    const { ids } = await view('phone', '+358')
    expect(valuesOf(ids)).toEqual(['+358', 'a1', 'a2', 'a3'])
  })

  it('knows an email in any case, shows it as sent last, and tells user ids in other cases apart', async () => {
    await process(
      { type: 'identify', userId: 'u1', traits: { email: 'Ada@Example.com' } },
      {
        type: 'identify',
        anonymousId: 'a9',
        traits: { email: ' ada@example.COM ' },
        messageId: 'm9',
      },
      { type: 'identify', userId: 'ABC', traits: { n: 1 } },
      { type: 'identify', userId: 'abc', traits: { n: 2 } },
    )
    const ada = await view('email', 'ADA@example.com')
    expect(valuesOf(ada.ids)).toEqual(['Ada@Example.com', 'a9', 'u1'])
    expect(ada.values).toEqual({ email: ' ada@example.COM ' })
    expect((await view('user_id', 'ABC')).values).toEqual({ n: 1 })
    expect((await view('user_id', 'abc')).values).toEqual({ n: 2 })
  })

  it('gives a person several groups, and each account its own traits', async () => {
    await process(
      { type: 'group', userId: 'u1', groupId: 'g1', traits: { plan: 'a', old: 1 } },
      { type: 'group', userId: 'u1', groupId: 'g2', traits: {} },
      { userId: 'u1' },
      { type: 'group', anonymousId: 'stranger', groupId: 'g3', traits: { plan: 'c' } },
    )
    await process({
      type: 'group',
      userId: 'u1',
      groupId: 'g1',
      traits: { old: null },
      timestamp: '2026-11-25T12:00:00.000Z',
      messageId: 'm9',
    })
    const person = await view('user_id', 'u1')
    expect(person.groups.map(({ groupId }) => groupId).sort()).toEqual(['g1', 'g2'])
    expect(person.values).toEqual({})
    const account = await readProfile(
      nameProfile(await keyOf('group_id', 'g1', 'accounts'), 'accounts'),
    )
    expect(account).toMatchObject({
      state: 'found',
      view: { collection: 'accounts', traits: { plan: { value: 'a' } } },
    })
    expect(JSON.stringify(account)).not.toContain('"old"')
    const stranger = await view('anonymous_id', 'stranger')
    expect(stranger.groups.map(({ groupId }) => groupId)).toEqual(['g3'])
  })

  it('makes two profiles one when an event says so, and drives the merge', async () => {
    await process({ type: 'identify', anonymousId: 'a1', traits: { plan: 'free', seen: 'web' } })
    await process({ type: 'identify', userId: 'u1', traits: { plan: 'pro' }, messageId: 'm9' })
    await process({ userId: 'u1', anonymousId: 'a1' })
    const one = await view('user_id', 'u1')
    expect(one.values).toEqual({ plan: 'pro', seen: 'web' })
    expect(valuesOf(one.ids)).toEqual(['a1', 'u1'])
    expect((await find('user_id', 'u1'))?.name).toBe((await find('anonymous_id', 'a1'))?.name)
    expect((await find('user_id', 'u1'))?.pending).toEqual([])
  })

  it('changes nothing when events come again, whether it remembers them or not', async () => {
    const events = [
      {
        type: 'identify',
        userId: 'u1',
        anonymousId: 'a1',
        traits: { plan: 'pro' },
        messageId: 'm1',
      },
      { type: 'group', userId: 'u1', groupId: 'g1', messageId: 'm2' },
    ]
    await process(...events)
    const { version } = await view('user_id', 'u1')
    await process(...events)
    memory = new SettledIds()
    await process(...events)
    expect((await view('user_id', 'u1')).version).toBe(version)
  })

  it('stores nothing of a visitor who says nothing', async () => {
    await process({ anonymousId: 'guest' }, { anonymousId: 'guest' })
    expect(await find('anonymous_id', 'guest')).toBeNull()
    await process({ type: 'identify', anonymousId: 'guest', traits: { plan: 'x' } })
    expect((await view('anonymous_id', 'guest')).values).toEqual({ plan: 'x' })
  })
})
