import { describe, expect, it } from 'vitest'
import { nameProfile } from '../../../durable-objects/identity/external-id.ts'
import { DEFAULT_POLICY } from '../../../durable-objects/identity/policy.ts'
import type { IdSet } from '../../../durable-objects/identity/protocol.ts'
import { idSet, key, Memory, nameOf, previous } from '../../support/identity.ts'

const name = (id: string) => nameProfile(key(id))
const server = { isPublic: false }
const bare = { isMemorable: false }

/** Segment's documentation (contract 7.3), events as ids in their order, people as their ids. */
const DOCUMENTED: [string, string[], string[]][] = [
  ['no match: a new profile', ['u1 e1'], ['e1 u1']],
  ['one match: the new id is attached', ['u1 e1', 'e1 a1'], ['a1 e1 u1']],
  ['several match: they merge', ['a1 e1', 'u1 a2', 'u1 e1'], ['a1 a2 e1 u1']],
  [
    'another user id: the email is demoted and the event has its own profile',
    ['u1 e1', 'u2 e1'],
    ['e1 u1', 'u2'],
  ],
  [
    'a shared device: the anonymous id stays with the first user',
    ['u1 a1', 'u2 a1'],
    ['a1 u1', 'u2'],
  ],
  [
    'the lowest priority goes first: email stays, anonymous id goes',
    ['a1', 'a2 a3 a4 a5 a6 e1', 'e1 a1'],
    ['a1', 'a2 a3 a4 a5 a6 e1'],
  ],
  [
    'one profile has a user, the other not: they merge',
    ['u1 e1', 'a1 e2', 'e1 e2'],
    ['a1 e1 e2 u1'],
  ],
]

describe('resolve', () => {
  it.each(DOCUMENTED)('does as documented: %s', (_, events, people) => {
    const memory = new Memory()
    memory.send(events.map((names) => idSet(names)))
    expect(Object.values(memory.people())).toEqual(people)
  })

  it('keeps a sixth and a seventh device off the profile, not their events (I4)', () => {
    const memory = new Memory()
    const events = [1, 2, 3, 4, 5, 6, 7].map((n) => idSet(`u1 a${n}`))
    const resolutions = memory.send([...events, idSet('a7', bare)])
    expect(memory.people()).toEqual({ 1: 'a1 a2 a3 a4 a5 u1' })
    expect(resolutions.map(({ profile }) => profile)).toEqual([
      ...Array.from({ length: 7 }, () => ({ name: name('u1'), isImplicit: false })),
      { name: name('a7'), isImplicit: true },
    ])
    expect(resolutions.map(({ demoted }) => demoted.map(nameOf))).toEqual([
      ...[[], [], [], [], []],
      ...[['a6'], ['a7'], []],
    ])
  })

  it('links new events when the limit is raised, and rewrites no old ones (I4)', () => {
    const memory = new Memory()
    memory.send([1, 2, 3, 4, 5, 6].map((n) => idSet(`u1 a${n}`)))
    const types = [{ type: 'anonymous_id', limit: 6, priority: 3 }]
    memory.send([], { ...DEFAULT_POLICY, types })
    expect(memory.people()).toEqual({ 1: 'a1 a2 a3 a4 a5 u1' })
    memory.send([idSet('u1 a6')], { ...DEFAULT_POLICY, types })
    expect(memory.people()).toEqual({ 1: 'a1 a2 a3 a4 a5 a6 u1' })
  })

  it('breaks no profile when a limit is lowered, and gives it nothing more of the type', () => {
    const memory = new Memory()
    memory.send([idSet('u1 a1 a2 a3')])
    const types = [{ type: 'anonymous_id', limit: 2, priority: 3 }]
    memory.send([idSet('u1 a3 e1'), idSet('u1 a4'), idSet('e1 p1')], { ...DEFAULT_POLICY, types })
    expect(memory.people()).toEqual({ 1: 'a1 a2 a3 e1 p1 u1' })
  })

  it('stores nothing of one id with nothing to remember, and knows its name later', () => {
    const memory = new Memory()
    const [first] = memory.send([idSet('a1', bare)])
    expect(first).toEqual({
      profile: { name: name('a1'), isImplicit: true },
      ids: [],
      demoted: [],
      refused: null,
    })
    expect(memory.lastN).toBe(0)
    const [second] = memory.send([idSet('a1')])
    expect(second?.profile).toEqual({ name: name('a1'), isImplicit: false })
  })

  it('has no profile for an event without ids', () => {
    const [resolution] = new Memory().send([idSet('')])
    expect(resolution).toEqual({ profile: null, ids: [], demoted: [], refused: null })
  })

  it('answers as of the end: what a later event joins is one in the earlier answer', () => {
    const resolutions = new Memory().send([idSet('a1', bare), idSet('u1 a1')])
    expect(resolutions.map(({ profile }) => profile?.name)).toEqual([name('u1'), name('u1')])
  })

  it('numbers profiles and links by one counter; the oldest profile wins', () => {
    const memory = new Memory()
    memory.send([idSet('a1 e1'), idSet('u1'), idSet('u1 a1 p1', { messageId: 'm9' })])
    expect(memory.people()).toEqual({ 1: 'a1 e1 p1 u1' })
    expect(memory.moved.get(3)).toEqual({ p: 3, founder: key('u1'), into: 1 })
    const said = memory.journal.map(({ n, kind, carrier, brought, winner, loser }) => [
      ...[n, kind, nameOf(carrier), nameOf(brought), winner, loser],
    ])
    expect(said).toEqual([
      [1, 'attach', 'e1', 'e1', name('e1'), null],
      [2, 'attach', 'e1', 'a1', name('e1'), null],
      [3, 'attach', 'u1', 'u1', name('u1'), null],
      [4, 'merge', 'a1', 'u1', name('e1'), name('u1')],
      [5, 'attach', 'a1', 'p1', name('e1'), null],
    ])
  })

  it('names the link that brought each id to where it is', () => {
    const memory = new Memory()
    const [first] = memory.send([idSet('u1 a1')])
    expect(first?.ids.map(({ link }) => link)).toEqual([1, 2])
    memory.send([idSet('e1'), idSet('e1 u1')])
    const [again] = memory.send([idSet('u1 e1')])
    expect(again?.ids).toEqual([
      { key: key('u1'), type: 'user_id', link: 1 },
      { key: key('e1'), type: 'email', link: 4 },
    ])
  })

  it('takes the priorities of the policy', () => {
    const types = [
      { type: 'phone', limit: 1, priority: 1 },
      { type: 'user_id', limit: 1, priority: 2 },
    ]
    const memory = new Memory()
    memory.send([idSet('p1 u1'), idSet('u1 p2')], { ...DEFAULT_POLICY, types })
    expect(memory.people()).toEqual({ 1: 'p1 u1', 3: 'p2' })
  })

  it.each(['1,000 ids', '100 merges'])('gives a profile at most %s', (what) => {
    const types = ['phone', 'anonymous_id'].map((type) => ({ type, limit: 1_000, priority: 3 }))
    const policy = { ...DEFAULT_POLICY, types }
    const memory = new Memory()
    const many = Array.from({ length: 1_100 }, (_, n) => n)
    const sets = many.flatMap((n) =>
      what === '1,000 ids' ? [idSet(`u1 a${n}`)] : [idSet(`a${n}`), idSet(`u1 a${n}`)],
    )
    memory.send([idSet('u1'), ...sets.slice(0, 1_100)], policy)
    expect(memory.profiles.get(1)?.ids).toHaveLength(what === '1,000 ids' ? 1_000 : 101)
  })
})

const ALIASES: [string, string, Partial<IdSet>, string[]][] = [
  ['a known anonymous id joins', 'a7 e1', {}, ['a7 e1 u1']],
  ['an unknown id is anonymous from a public source', 'e1', {}, ['e1', 'a7 u1']],
  ['an unknown id is a user from a server', 'e1', server, ['e1', 'u1 u7']],
  ['a known user is refused from a public source', 'u7 e1', {}, ['e1 u7', 'u1']],
  ['a known user joins from a server', 'u7 e1', server, ['e1 u1 u7']],
]

describe('an alias', () => {
  it.each(ALIASES)('%s', (_, before, part, people) => {
    const memory = new Memory()
    const [, resolution] = memory.send([
      idSet(before),
      idSet('u1', { previous: previous('7'), ...part }),
    ])
    expect(Object.values(memory.people())).toEqual(people)
    const isRefused = before.startsWith('u7') && part.isPublic === undefined
    expect(resolution?.refused).toBe(isRefused ? 'alias_of_a_known_user' : null)
  })

  it('takes a known anonymous id before a known user', () => {
    const memory = new Memory()
    memory.send([idSet('u7'), idSet('a7 e1'), idSet('u1', { ...server, previous: previous('7') })])
    expect(memory.people()).toEqual({ 1: 'u7', 2: 'a7 e1 u1' })
  })

  it('to what the event has as an id anyway adds nothing', () => {
    const memory = new Memory()
    memory.send([idSet('u1 a1', { ...server, previous: previous('1') })])
    expect(memory.people()).toEqual({ 1: 'a1 u1' })
  })

  it('of two users lets no event join a third', () => {
    const memory = new Memory()
    memory.send([idSet('u7'), idSet('u1', { ...server, previous: previous('7') })])
    memory.send([idSet('u2'), idSet('u1 e1'), idSet('u2 e1'), idSet('u2 u7', server)])
    expect(memory.people()).toEqual({ 1: 'e1 u1 u7', 3: 'u2' })
  })
})
