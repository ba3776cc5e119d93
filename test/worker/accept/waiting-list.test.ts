import { describe, expect, it } from 'vitest'
import { type Entry, pollMs, type Step, WaitingList } from '../../../worker/accept/waiting-list.ts'

const WAIT = { kind: 'wait' }
const DURABLE = { kind: 'answer', appended: 'durable' }
const UNAVAILABLE = { kind: 'answer', appended: 'unavailable' }
const KIB = 1_024

/** Adds a request of `bytes`. */
const join = (list: WaitingList, bytes = 1, nowMs = 0): Entry =>
  list.join({ segments: [new Uint8Array(bytes)], isUrgent: false }, nowMs)

/** The group that a step leads; fails if it leads none. */
function groupOf(step: Step) {
  if (step.kind !== 'lead') throw new Error(`the step is ${step.kind}`)
  return step.group
}

/** A list with a group under way since 0, and the entry that leads it. */
function busyList() {
  const list = new WaitingList()
  const leader = join(list)
  return { list, leader, group: groupOf(list.step(leader, 0)) }
}

describe('a request', () => {
  it('leads at once when nobody is under way', () => {
    const { leader, group } = busyList()
    expect(group).toEqual({ entries: [leader], sinceMs: 0 })
  })

  it('waits while a group is under way, and is answered as its own group ends', () => {
    const { list, leader, group } = busyList()
    const later = join(list)
    expect(list.step(later, 1)).toEqual(WAIT)
    list.settle(group, 'unavailable')
    expect(list.step(leader, 2)).toEqual(UNAVAILABLE)
    const next = groupOf(list.step(later, 2))
    expect(next.entries).toEqual([later])
    list.settle(next, 'durable')
    expect(list.step(later, 3)).toEqual(DURABLE)
  })

  it('goes with all that wait, in the order they came, and is never taken twice', () => {
    const { list, group } = busyList()
    const [a, b, c] = [join(list), join(list), join(list)]
    list.settle(group, 'durable')
    expect(groupOf(list.step(b, 1)).entries).toEqual([a, b, c])
    const late = join(list, 1, 2)
    for (const entry of [a, b, c, late]) expect(list.step(entry, 2)).toEqual(WAIT)
    expect(groupOf(list.step(late, 12_001)).entries).toEqual([late])
  })

  it('leads the oldest, even if it has to wait for the next group itself', () => {
    const { list, group } = busyList()
    const [a, b, c] = [join(list, 200 * KIB), join(list, 56 * KIB), join(list, 1)]
    list.settle(group, 'durable')
    expect(groupOf(list.step(c, 1)).entries).toEqual([a, b])
    expect(list.step(c, 1)).toEqual(WAIT)
  })
})

describe('a group', () => {
  it.each([
    [[256 * KIB, 1], 1],
    [[256 * KIB - 1, 1, 1], 2],
    [[300 * KIB, 1], 1],
    [[1, 300 * KIB], 1],
    [[], 0],
  ])('of %j takes the first %i and the leader’s own if it fits', (sizes, taken) => {
    const { list, group } = busyList()
    const entries = sizes.map((bytes) => join(list, bytes))
    const last = join(list)
    list.settle(group, 'durable')
    const expected = taken === 0 ? [last] : entries.slice(0, taken)
    expect(groupOf(list.step(last, 1)).entries).toEqual(expected)
  })
})

describe('after 12 s', () => {
  it('a request that still waits is answered, and its entry is not sent any more', () => {
    const { list, group } = busyList()
    const [large, patient] = [join(list, 256 * KIB, 1), join(list, 1, 2)]
    list.settle(group, 'durable')
    const before = groupOf(list.step(large, 6_000))
    expect(list.step(patient, 12_001)).toEqual(WAIT)
    expect(list.step(patient, 12_002)).toEqual(UNAVAILABLE)
    list.settle(before, 'durable')
    const next = join(list, 1, 12_003)
    expect(groupOf(list.step(next, 12_003)).entries).toEqual([next])
  })

  it('a sent request is answered, counted from when it was sent', () => {
    const { list, group } = busyList()
    const [a, b] = [join(list, 1, 5_000), join(list, 1, 5_000)]
    list.settle(group, 'durable')
    groupOf(list.step(a, 9_000))
    expect(list.step(b, 20_999)).toEqual(WAIT)
    expect(list.step(b, 21_000)).toEqual(UNAVAILABLE)
  })

  it('a leader that was cut off counts as none, and its late end ends no other group', () => {
    const { list, group } = busyList()
    const second = join(list, 1, 11_999)
    expect(list.step(second, 11_999)).toEqual(WAIT)
    groupOf(list.step(second, 12_000))
    list.settle(group, 'durable')
    const third = join(list, 1, 12_001)
    expect(list.step(third, 12_001)).toEqual(WAIT)
    expect(list.step(second, 12_001)).toEqual(WAIT)
  })

  it('an entry whose request was cut off is forgotten; before, it goes with the others', () => {
    const { list, group } = busyList()
    const [orphan, younger] = [join(list, 1, 0), join(list, 1, 1)]
    list.settle(group, 'durable')
    const next = join(list, 1, 12_000)
    expect(groupOf(list.step(next, 12_000)).entries).toEqual([younger, next])
    expect(list.step(orphan, 12_000)).toEqual(UNAVAILABLE)
  })
})

describe('pollMs', () => {
  it('is 1, 2, 4, then always 8', () => {
    expect([0, 1, 2, 3, 4, 1_500].map(pollMs)).toEqual([1, 2, 4, 8, 8, 8])
  })
})
