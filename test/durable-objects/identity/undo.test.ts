import { describe, expect, it } from 'vitest'
import { nameProfile } from '../../../durable-objects/identity/external-id.ts'
import { join } from '../../../durable-objects/identity/join.ts'
import { unmerge } from '../../../durable-objects/identity/undo.ts'
import { idSet, key, Memory } from '../../support/identity.ts'

const stamp = { source: 'api', messageId: '', atMs: 2_000 }
const name = (id: string) => nameProfile(key(id))

function undo(memory: Memory, founder: string, n: number) {
  const { answer, changes } = unmerge(memory.lend([key(founder)]), {
    founder: key(founder),
    n,
    stamp,
  })
  memory.keep(changes)
  return answer
}

function rejoin(memory: Memory, names: string) {
  const keys = names.split(' ').map(key)
  const { answer, changes } = join(memory.lend(keys), keys, stamp)
  memory.keep(changes)
  return answer
}

/** Three profiles that merge one by one: 1 has all. */
function merged(): Memory {
  const memory = new Memory()
  memory.send([idSet('u1 a1'), idSet('e2 a2'), idSet('e3 a3'), idSet('a3 a2'), idSet('a1 a3')])
  expect(memory.people()).toEqual({ 1: 'a1 a2 a3 e2 e3 u1' })
  return memory
}

describe('unmerge', () => {
  it('gives the part its former number back', () => {
    const memory = merged()
    const answer = undo(memory, 'u1', 8)
    expect(answer).toMatchObject({ state: 'parted', n: 9, from: name('u1'), to: name('e2') })
    expect(memory.people()).toEqual({ 1: 'a1 u1', 3: 'a2 a3 e2 e3' })
    expect(memory.moved.get(5)).toMatchObject({ into: 3 })
  })

  it('points a number anew whose founding id went another way', () => {
    const memory = merged()
    undo(memory, 'u1', 7)
    expect(memory.people()).toEqual({ 1: 'a1 a3 e3 u1', 3: 'a2 e2' })
    expect(memory.moved.get(5)).toMatchObject({ into: 1 })
  })

  it('founds a profile of what was only attached, with the number of the part', () => {
    const memory = new Memory()
    memory.send([idSet('u1 a1')])
    expect(undo(memory, 'u1', 2)).toEqual({
      state: 'parted',
      n: 3,
      from: name('u1'),
      to: name('a1'),
      pending: [{ kind: 'part', n: 3, from: name('u1'), to: name('a1'), ids: [key('a1')] }],
    })
    expect(memory.people()).toEqual({ 1: 'u1', 3: 'a1' })
    expect(memory.profiles.get(3)?.ids).toMatchObject([{ link: 3 }])
  })

  it('says the same when asked again, and links nothing', () => {
    const memory = merged()
    undo(memory, 'u1', 8)
    const answer = undo(memory, 'u1', 8)
    expect(answer).toMatchObject({ state: 'parted', n: 9, from: name('u1'), to: name('e2') })
    expect(memory.lastN).toBe(9)
  })

  it.each([
    ['a profile', 'u9', 1, 'unknown_profile'],
    ['a link', 'u1', 99, 'unknown_link'],
    ['a link that founded', 'u1', 1, 'founding_link'],
    ['a link that founded a former profile', 'u1', 3, 'founding_link'],
  ])('answers %s that it cannot undo', (_, founder, n, state) => {
    const memory = merged()
    expect(undo(memory, founder, n)).toEqual({ state })
    expect(memory.lastN).toBe(8)
  })

  it('lets no event link the pair again, after later merges either', () => {
    const memory = new Memory()
    memory.send([idSet('u1 a1'), idSet('e9')])
    undo(memory, 'u1', 2)
    memory.send([idSet('a1 e9'), idSet('p1 u1')])
    const [resolution] = memory.send([idSet('p1 e9')])
    expect(resolution?.demoted).toEqual([key('p1')])
    expect(memory.people()).toEqual({ 1: 'p1 u1', 3: 'a1 e9' })
  })
})

describe('join', () => {
  it('gives the partition of before an undoing', () => {
    const memory = merged()
    undo(memory, 'u1', 8)
    expect(rejoin(memory, 'a1 a3')).toMatchObject({
      state: 'joined',
      name: name('u1'),
      links: [10],
    })
    expect(memory.people()).toEqual({ 1: 'a1 a2 a3 e2 e3 u1' })
    expect(memory.profiles.get(1)?.parted).toEqual([])
  })

  it('joins two users', () => {
    const memory = new Memory()
    memory.send([idSet('u1'), idSet('u2')])
    rejoin(memory, 'u2 u1')
    expect(memory.people()).toEqual({ 1: 'u1 u2' })
  })

  it('answers what is one already, what is not known and what is too large', () => {
    const memory = merged()
    expect(rejoin(memory, 'a1 e3')).toMatchObject({ state: 'joined', links: [] })
    expect(rejoin(memory, 'a1 e4')).toEqual({ state: 'unknown_ids', keys: [key('e4')] })
    const more = Array.from({ length: 102 }, (_, n) => `p${n}`)
    memory.send(more.map((each) => idSet(each)))
    expect(rejoin(memory, more.join(' '))).toEqual({ state: 'too_large' })
  })
})
