import { describe, expect, it } from 'vitest'
import { applyNews } from '../../../durable-objects/profile/apply-news.ts'
import { handOver, part, receive } from '../../../durable-objects/profile/moves.ts'
import {
  EMPTY_PROFILE,
  heldIds,
  type ProfileState,
} from '../../../durable-objects/profile/profile-state.ts'
import { decodeState, encodeState } from '../../../durable-objects/profile/state-row.ts'
import { news } from '../../support/profiles.ts'

const profileOf = (...keys: readonly string[]): ProfileState =>
  keys.reduce((state, key) => applyNews(state, news(key, { by: key }), 0).state, EMPTY_PROFILE)
const keysOf = (state: ProfileState) => heldIds(state).map(([key]) => key)
const names = (ids: readonly { readonly key: string }[]) => ids.map(({ key }) => key)

describe('handing over', () => {
  it('gives all ids, and the same again if asked again', () => {
    const first = handOver(profileOf('u1', 'a1'), { n: 5, winner: 'use_w' })
    expect(names(first.given)).toEqual(['u1', 'a1'])
    expect(keysOf(first.state)).toEqual([])
    const again = handOver(first.state, { n: 5, winner: 'use_w' })
    expect(again.given).toEqual(first.given)
    expect(again.state).toBe(first.state)
  })

  it('late, after a part, gives only what did leave with it', () => {
    const { state } = handOver(profileOf('u1', 'a1'), { n: 5, winner: 'use_w' })
    const back = receive(state, { n: 7, ids: [{ ...given(state, 'u1') }] }).state
    const late = handOver(back, { n: 5, winner: 'use_w' })
    expect(names(late.given)).toEqual(['a1'])
    expect(keysOf(late.state)).toEqual(['u1'])
  })

  it('takes the news of an id that it gave away to where the id is', () => {
    const { state } = handOver(profileOf('u1'), { n: 5, winner: 'use_w' })
    expect(applyNews(state, news('u1'), 0).applied).toEqual({ state: 'moved', to: 'use_w' })
    expect(applyNews(state, news('a9'), 0).applied).toEqual({ state: 'moved', to: 'use_w' })
  })

  it('sends nobody after an id that went before, with another merge', () => {
    const first = handOver(profileOf('a1', 'a2'), { n: 5, winner: 'use_w' }).state
    const back = applyNews(first, news('a1', {}, { link: 7 }), 0).state
    const { state } = handOver(back, { n: 9, winner: 'use_v' })
    const told = (key: string, link: number) => applyNews(state, news(key, {}, { link }), 0).applied
    expect(told('a1', 7)).toEqual({ state: 'moved', to: 'use_v' })
    expect(told('a2', 1)).toEqual({ state: 'refused', ids: ['a2'] })
    expect(told('a9', 1)).toEqual({ state: 'refused', ids: ['a9'] })
    expect(told('a9', 8)).toEqual({ state: 'moved', to: 'use_v' })
  })

  it('is over when a later link brings an id, whoever says so first', () => {
    const { state } = handOver(profileOf('u1', 'a1'), { n: 5, winner: 'use_w' })
    const { state: back, applied } = applyNews(state, news('u1', {}, { link: 7 }), 0)
    expect(applied).toEqual({ state: 'applied' })
    expect(keysOf(back)).toEqual(['u1'])
    expect(applyNews(back, news('a1'), 0).applied).toEqual({ state: 'refused', ids: ['a1'] })
    // Never told here, and elsewhere since the hand-over for all that its old link says.
    const unheard = news('a9', {}, { link: 4 })
    expect(applyNews(back, unheard, 0).applied).toEqual({ state: 'refused', ids: ['a9'] })
  })
})

describe('taking', () => {
  it('changes nothing the second time', () => {
    const ids = handOver(profileOf('a1'), { n: 5, winner: 'use_w' }).given
    const once = receive(profileOf('u1'), { n: 5, ids })
    const twice = receive(once.state, { n: 5, ids })
    expect(keysOf(once.state)).toEqual(['u1', 'a1'])
    expect(once.onward).toEqual([])
    expect(twice.state).toBe(once.state)
  })

  it('sends on what a profile, handed over meanwhile, cannot keep', () => {
    const ids = handOver(profileOf('a1'), { n: 5, winner: 'use_w' }).given
    const moved = handOver(profileOf('u1'), { n: 6, winner: 'use_v' }).state
    const { state, onward } = receive(moved, { n: 5, ids })
    expect(state).toBe(moved)
    expect(onward).toEqual([{ n: 6, to: 'use_v', ids }])
  })

  it('sends on what has been parted since', () => {
    const ids = handOver(profileOf('a1', 'a2'), { n: 5, winner: 'use_w' }).given
    const parted = part(profileOf('u1'), { n: 7, ids: ['a1'], to: 'use_a' })
    const { state, onward } = receive(parted, { n: 5, ids })
    expect(keysOf(state)).toEqual(['u1', 'a2'])
    expect(onward.map(({ n, to, ids }) => [n, to, names(ids)])).toEqual([[7, 'use_a', ['a1']]])
  })
})

describe('parting', () => {
  it('puts ids and all they wrote into the outbox, once', () => {
    const parted = part(profileOf('u1', 'a1'), { n: 7, ids: ['a1', 'a2'], to: 'use_a' })
    expect(keysOf(parted)).toEqual(['u1'])
    expect(parted.outbox.map(({ n, to, ids }) => [n, to, names(ids)])).toEqual([
      [7, 'use_a', ['a1', 'a2']],
    ])
    expect(parted.outbox[0]?.ids[0]?.traits.get('by')?.value).toBe('a1')
    expect(part(parted, { n: 7, ids: ['a1', 'a2'], to: 'use_a' })).toBe(parted)
  })

  it('refuses the ids from then on, unless a later link brings them back', () => {
    const parted = part(profileOf('u1', 'a1'), { n: 7, ids: ['a1'], to: 'use_a' })
    const late = news('a1', { x: 1 })
    expect(applyNews(parted, late, 0)).toEqual({
      state: parted,
      applied: { state: 'refused', ids: ['a1'] },
    })
    expect(applyNews(parted, news('a1', {}, { link: 7 }), 0).applied.state).toBe('refused')
    expect(applyNews(parted, news('a1', {}, { link: 8 }), 0).applied.state).toBe('applied')
  })

  it('refuses still after the rest was handed over', () => {
    const parted = part(profileOf('u1', 'a1'), { n: 7, ids: ['a1'], to: 'use_a' })
    const { state } = handOver(parted, { n: 8, winner: 'use_w' })
    expect(applyNews(state, news('a1'), 0).applied).toEqual({ state: 'refused', ids: ['a1'] })
    expect(applyNews(state, news('u1'), 0).applied).toEqual({ state: 'moved', to: 'use_w' })
  })

  it('comes before what a hand-over left behind: the kept and the sent are one', () => {
    const { state } = handOver(profileOf('a1'), { n: 5, winner: 'use_w' })
    const sent = applyNews(EMPTY_PROFILE, news('a1', { by: 'winner' }, { t: 9 }), 0).state
    const parcel = part(sent, { n: 7, ids: ['a1'], to: 'use_a' }).outbox[0]
    const back = receive(state, { n: 7, ids: parcel?.ids ?? [] }).state
    expect(back.ids.get('a1')?.traits.get('by')?.value).toBe('winner')
  })
})

describe('a profile row', () => {
  it('reads what it wrote', () => {
    const whole = part(
      handOver(
        applyNews(
          profileOf('u1', 'a1'),
          {
            ...news('u1', { __proto__: null, deep: { a: [1, null, '\ud800'] } }),
            groups: [{ by: 'u1', groupId: 'g', atMs: 1, messageId: 'm', source: 's' }],
            consents: [
              { by: 'u1', categories: { ads: true }, atMs: 1, messageId: 'm', source: 's' },
            ],
          },
          0,
        ).state,
        { n: 5, winner: 'use_w' },
      ).state,
      { n: 7, ids: ['a1', 'zz'], to: 'use_a' },
    )
    expect(decodeState(encodeState(whole))).toEqual(whole)
  })

  it('of an unknown version is an error', () => {
    const text = encodeState(EMPTY_PROFILE).replace('"v":1', '"v":2')
    expect(() => decodeState(text)).toThrow('profile row version is not 1')
  })
})

function given(state: ProfileState, key: string) {
  const record = state.ids.get(key)
  if (record === undefined) throw new Error(`no ${key}`)
  return { ...record, key }
}
