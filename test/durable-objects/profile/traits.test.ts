import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyNews, MAX_NEWS_BYTES } from '../../../durable-objects/profile/apply-news.ts'
import type { News } from '../../../durable-objects/profile/news.ts'
import { EMPTY_PROFILE, type ProfileState } from '../../../durable-objects/profile/profile-state.ts'
import { visibleConsent, visibleTraits } from '../../../durable-objects/profile/traits.ts'
import { news, newsId, stamp, together } from '../../support/profiles.ts'

const DAY = 86_400

function applyAll(all: readonly News[], before: ProfileState = EMPTY_PROFILE): ProfileState {
  return all.reduce((state, each) => applyNews(state, each, 0).state, before)
}
const shown = (state: ProfileState) =>
  Object.fromEntries(Object.entries(visibleTraits(state)).map(([name, { value }]) => [name, value]))
const consent = (key: string, t: number, categories: { [category: string]: boolean }): News => ({
  ...news(key),
  consents: [{ by: key, categories, ...stamp(t) }],
})

describe('the traits of a profile', () => {
  it('I5: are the newest by time, not by arrival', () => {
    const state = applyAll([
      news('u1', { plan: 'pro' }, { t: 200 }),
      news('u1', { plan: 'free', x: 1 }, { t: 100 }),
    ])
    expect(shown(state)).toEqual({ plan: 'pro', x: 1 })
  })

  it('I5: are hidden by null, and not by an older value that comes after it; an empty text is a value', () => {
    const state = applyAll([
      news('u1', { plan: 'pro', name: 'Ada' }, { t: 200 }),
      news('u1', { plan: null, name: '' }, { t: 300 }),
      news('u1', { plan: 'free' }, { t: 250 }),
      news('a1', { plan: 'old' }, { t: 150 }),
    ])
    expect(shown(state)).toEqual({ name: '' })
    expect(shown(applyAll([news('u1', { plan: 'again' }, { t: 400 })], state))).toEqual({
      name: '',
      plan: 'again',
    })
  })

  it('I5: of one time are decided by the message, then by source and value, in either order', () => {
    const [b, a] = [
      news('u1', { plan: 'b' }, { t: 5, messageId: 'm1' }),
      news('a1', { plan: 'a' }, { t: 5, messageId: 'm2' }),
    ]
    const same = news('a2', { plan: 'c' }, { t: 5, messageId: 'm2' })
    expect(shown(applyAll([a, b]))).toEqual({ plan: 'a' })
    expect(shown(applyAll([b, a]))).toEqual({ plan: 'a' })
    expect(shown(applyAll([a, b, same]))).toEqual({ plan: 'c' })
    expect(shown(applyAll([same, b, a]))).toEqual({ plan: 'c' })
  })

  it('I5: are the same in every order of arrival, at once or one by one, once or twice', () => {
    const write = fc.record({
      key: fc.constantFrom('u1', 'a1', 'a2'),
      name: fc.constantFrom('plan', '__proto__', 'n'),
      // Distinct, but for null: said again, a value moves its stamp once in 30 days only.
      value: fc.option(fc.uuid(), { freq: 4 }),
      t: fc.integer({ min: 1, max: 6 }),
      messageId: fc.constantFrom('m1', 'm2', 'm3'),
    })
    const schedule = fc
      .array(write, { minLength: 1, maxLength: 12 })
      .chain((all) =>
        fc.tuple(
          fc.constant(all),
          fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 }),
          fc.nat(all.length),
        ),
      )
    fc.assert(
      fc.property(schedule, ([all, shuffled, cut]) => {
        const toNews = ({ key, name, value, t, messageId }: (typeof all)[number]) => ({
          ...news(key),
          traits: [{ by: key, name, value, ...stamp(t * 40 * DAY, messageId) }],
        })
        const [first, ...rest] = shuffled.map(toNews)
        if (first === undefined) return
        const inOrder = applyAll(all.map(toNews))
        const inPieces = applyAll([together(first, ...rest.slice(0, cut)), ...rest.slice(cut)])
        expect(visibleTraits(inPieces)).toEqual(visibleTraits(inOrder))
      }),
    )
  })

  it('change nothing when they are said again, but once in 30 days', () => {
    const first = applyAll([news('u1', { plan: 'pro', tags: ['a'] }, { t: 1 })])
    const again = news('u1', { plan: 'pro', tags: ['a'] }, { t: 30 * DAY })
    expect(applyNews(first, again, 0)).toEqual({ state: first, applied: { state: 'unchanged' } })
    const later = applyNews(first, news('u1', { plan: 'pro' }, { t: 30 * DAY + 1 }), 0)
    expect(later.applied).toEqual({ state: 'applied' })
    expect(visibleTraits(later.state).plan?.updatedAtMs).toBe((30 * DAY + 1) * 1_000)
  })

  it('said again over one id win over what another wrote meanwhile', () => {
    const state = applyAll([
      news('u1', { plan: 'pro' }, { t: 1 }),
      news('a1', { plan: 'free' }, { t: 2 }),
      news('u1', { plan: 'pro' }, { t: 3 }),
    ])
    expect(shown(state)).toEqual({ plan: 'pro' })
  })

  it('have a name of any text', () => {
    const state = applyAll([news('u1', JSON.parse('{"__proto__":1,"constructor":2}'))])
    expect(Object.entries(shown(state))).toEqual([
      ['__proto__', 1],
      ['constructor', 2],
    ])
  })

  it('find no room in a full profile, counted, while what is there may still change', () => {
    const state = applyAll([news('u1', { plan: 'pro' }, { t: 1 })])
    const more = news('u1', { plan: 'max', more: 1, other: 2 }, { t: 2 })
    const { state: after, applied } = applyNews(state, more, MAX_NEWS_BYTES)
    expect(applied).toEqual({ state: 'applied', overLimit: 2 })
    expect(shown(after)).toEqual({ plan: 'max' })
  })

  it('may be changed and hidden in a full profile by an event with a longer messageId', () => {
    const state = applyAll([news('u1', { plan: 'x', n: 1 }, { t: 1 })])
    const longer = { t: 2, messageId: 'm'.repeat(100) }
    const more = news('u1', { plan: 'enterprise', n: null }, longer)
    const { state: after, applied } = applyNews(state, more, MAX_NEWS_BYTES)
    expect(applied).toEqual({ state: 'applied' })
    expect(shown(after)).toEqual({ plan: 'enterprise' })
  })

  it('make no room by being changed often', () => {
    const changes = Array.from({ length: 4_000 }, (_, t) => news('u1', { small: t }, { t: t + 1 }))
    const large = (t: number) => news('u1', { [`large${t}`]: 'x'.repeat(30_000) }, { t })
    const more = together(news('u1'), ...changes, ...Array.from({ length: 20 }, (_, t) => large(t)))
    expect(applyNews(EMPTY_PROFILE, more, 0).applied).toEqual({ state: 'applied', overLimit: 12 })
  })

  it('take as much room as their UTF-8 does', () => {
    const more = news('u1', { cut: '漢'.repeat(90_000), kept: '漢'.repeat(80_000) })
    const { state, applied } = applyNews(EMPTY_PROFILE, more, 0)
    expect(applied).toEqual({ state: 'applied', overLimit: 1 })
    expect(Object.keys(shown(state))).toEqual(['kept'])
  })
})

describe('news of very many traits', () => {
  it.each([
    ['that change', (n: number) => n],
    ['that are said again', () => 1],
  ])('%s takes time by its size, however much is known', (_, valueAt) => {
    const ids = Array.from({ length: 1_000 }, (_, n) => newsId(`a${n}`))
    const traits = Array.from({ length: 130_000 }, (_, n) => ({
      ...{ by: 'a0', name: `t${n % 1_000}`, value: valueAt(n) },
      ...stamp(n),
    }))
    const startedMs = performance.now()
    applyNews(EMPTY_PROFILE, { ...news('a0'), ids, traits }, 0)
    expect(performance.now() - startedMs).toBeLessThan(8_000) // a call has 10 s
  })
})

describe('the consent of a profile', () => {
  it('I11b: twenty times the same is one state', () => {
    const first = applyAll([consent('u1', 1, { ads: true, stats: false })])
    const after = applyAll(
      Array.from({ length: 19 }, (_, t) => consent('u1', t + 2, { ads: true, stats: false })),
      first,
    )
    expect(after).toBe(first)
    expect(visibleConsent(after)).toEqual({ ads: true, stats: false })
  })

  it('is the newest of each category over all devices', () => {
    const state = applyAll([
      consent('u1', 2, { ads: false }),
      consent('a1', 3, { ads: true }),
      consent('a1', 1, { ads: false, stats: true }),
    ])
    expect(visibleConsent(state)).toEqual({ ads: true, stats: true })
  })

  it('is a conflict where two ids disagree at one time, until one says it anew', () => {
    const both = [consent('u1', 2, { ads: false }), consent('a1', 2, { ads: true })]
    expect(visibleConsent(applyAll(both))).toEqual({ ads: 'conflict' })
    expect(visibleConsent(applyAll([...both, consent('a1', 3, { ads: true })]))).toEqual({
      ads: true,
    })
  })

  it('is null where nobody said anything', () => {
    expect(visibleConsent(applyAll([news('u1')]))).toBeNull()
  })
})

describe('an account', () => {
  it('has a thousand ids at most; the others are counted', () => {
    const ids = Array.from({ length: 1_200 }, (_, n) => newsId(`a${n}`, 0))
    const many: News = { ...news('a0', { plan: 'pro' }), collection: 'accounts', ids }
    const { state, applied } = applyNews(EMPTY_PROFILE, many, 0)
    expect([state.ids.size, applied]).toEqual([1_000, { state: 'applied', overLimit: 200 }])
    expect(applyNews(state, many, 0).applied).toEqual({ state: 'unchanged', overLimit: 200 })
  })
})

describe('the first time of an id', () => {
  it('is the earliest, whatever comes first', () => {
    const seen = (t: number) => ({ ...news('u1'), ids: [{ ...newsId('u1'), ...stamp(t) }] })
    expect(applyAll([seen(5), seen(3), seen(4)]).ids.get('u1')?.known).toMatchObject(stamp(3))
  })
})
