import { describe, expect, it } from 'vitest'
import { decodeLinks, encodeLinks } from '../../../durable-objects/identity/journal-row.ts'
import {
  decodeProfile,
  encodeMoved,
  encodeProfile,
} from '../../../durable-objects/identity/profile-row.ts'
import { unmerge } from '../../../durable-objects/identity/undo.ts'
import { idSet, key, Memory } from '../../support/identity.ts'

function rich(): Memory {
  const memory = new Memory()
  const at = (atMs: number, source: string) => ({ atMs, source, messageId: `m${atMs}` })
  memory.send([
    idSet('u1 a1', at(5_000, 'web')),
    idSet('e2 a2', at(4_000, 'app')),
    idSet('a1 a2', at(6_000, 'web')),
  ])
  const undo = { founder: key('u1'), n: 2, stamp: { source: 'api', messageId: '', atMs: 7_000 } }
  memory.keep(unmerge(memory.lend([key('u1')]), undo).changes)
  return memory
}

describe('a row of a profile', () => {
  it('says all that it was made from', () => {
    const records = [...rich().profiles.values()]
    expect(records.map(({ parted, pending }) => [parted.length, pending.length])).toEqual([
      [1, 2],
      [1, 2],
    ])
    for (const each of records) expect(decodeProfile(each.p, encodeProfile(each))).toEqual(each)
  })

  it('is refused when its version is unknown', () => {
    expect(() => decodeProfile(1, '{"v":2}')).toThrow('profile row version 2 is unknown')
  })

  it('of a merged one says into which', () => {
    const text = encodeMoved({ p: 3, founder: key('e2'), into: 1 })
    expect(JSON.parse(text)).toEqual({ v: 1, founder: key('e2'), into: 1 })
  })
})

describe('a row of the journal', () => {
  it('says all that it was made from', () => {
    const { journal } = rich()
    expect(journal.map(({ kind }) => kind)).toEqual([
      'attach',
      'attach',
      'attach',
      'attach',
      'merge',
      'part',
    ])
    expect(decodeLinks(1, encodeLinks(journal))).toEqual(journal)
  })

  it('is refused when its version is unknown', () => {
    expect(() => decodeLinks(1, '{"v":2}')).toThrow('link row version 2 is unknown')
  })
})
