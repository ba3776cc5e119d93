import type { News, NewsId, NewsTrait } from '../../durable-objects/profile/news.ts'
import type { Json } from '../../durable-objects/workspace/snapshot.ts'

/** A stamp of the `t`-th second, but for what is given. */
export const stamp = (t: number, messageId = `m${t}`) => ({
  atMs: t * 1_000,
  messageId,
  source: 'shop',
})

/** An id that the `link`-th link put where it is. */
export const newsId = (key: string, link = 1): NewsId => ({
  key,
  type: key.startsWith('u') ? 'user_id' : 'anonymous_id',
  value: `value of ${key}`,
  link,
  ...stamp(1),
})

/** News of one id that wrote some traits at a time. */
export function news(
  key: string,
  traits: { [name: string]: Json } = {},
  at: { link?: number; t?: number; messageId?: string } = {},
): News {
  const by = stamp(at.t ?? 1, at.messageId)
  return {
    profile: 'use_a',
    collection: 'users',
    ids: [newsId(key, at.link)],
    traits: Object.entries(traits).map(
      ([name, value]): NewsTrait => ({ by: key, name, value, ...by }),
    ),
    groups: [],
    consents: [],
  }
}

/** News that comes at once. */
export const together = (...all: readonly [News, ...News[]]): News => ({
  ...all[0],
  ids: all.flatMap(({ ids }) => ids),
  traits: all.flatMap(({ traits }) => traits),
  groups: all.flatMap(({ groups }) => groups),
  consents: all.flatMap(({ consents }) => consents),
})
