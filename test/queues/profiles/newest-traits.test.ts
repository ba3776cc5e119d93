import { describe, expect, it } from 'vitest'
import { applyNews } from '../../../durable-objects/profile/apply-news.ts'
import type { NewsTrait } from '../../../durable-objects/profile/news.ts'
import { EMPTY_PROFILE, type ProfileState } from '../../../durable-objects/profile/profile-state.ts'
import { visibleTraits } from '../../../durable-objects/profile/traits.ts'
import type { Json } from '../../../durable-objects/workspace/snapshot.ts'
import { newestTraits } from '../../../queues/profiles/newest-traits.ts'
import { news, newsId, stamp } from '../../support/profiles.ts'

const plan = (value: Json, t: number, by = 'u1'): NewsTrait => ({
  ...{ by, name: 'plan', value },
  ...stamp(t),
})
const apply = (before: ProfileState, traits: readonly NewsTrait[]) =>
  applyNews(before, { ...news('u1'), ids: [newsId('u1'), newsId('a1')], traits }, 0).state
const shown = (state: ProfileState) => visibleTraits(state).plan?.value

describe('the newest traits of a chunk', () => {
  it('are two under each name over each id, oldest first', () => {
    const many = Array.from({ length: 1_000 }, (_, n) => plan(n, 1_000 - n))
    expect(newestTraits(many)).toEqual([plan(1, 999), plan(0, 1_000)])
    const [user, device] = [plan('pro', 2), plan('free', 1, 'a1')]
    expect(newestTraits([user, { ...user, name: 'x' }, device])).toEqual([
      device,
      user,
      { ...user, name: 'x' },
    ])
  })

  it('skip what was said again, but not what was said otherwise before it', () => {
    const all = [plan('pro', 4), plan('pro', 5), plan('free', 3), plan('free', 2), plan('old', 1)]
    expect(newestTraits(all)).toEqual([plan('free', 3), plan('pro', 5)])
  })

  it.each([
    ['over one id', 'u1'],
    ['over another', 'a1'],
  ])(
    'let a value said again win over an older one that stands after it in the chunk: %s',
    (_, by) => {
      const before = apply(EMPTY_PROFILE, [plan('pro', 1)])
      const chunk = [plan('pro', 3), plan('free', 2, by)]
      expect(shown(apply(before, newestTraits(chunk)))).toBe('pro')
    },
  )
})
