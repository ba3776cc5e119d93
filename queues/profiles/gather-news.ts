import {
  type IdKey,
  type KeyedId,
  nameProfile,
  type ProfileName,
} from '../../durable-objects/identity/external-id.ts'
import type { Resolution } from '../../durable-objects/identity/protocol.ts'
import type { News, NewsId } from '../../durable-objects/profile/news.ts'
import { newestTraits } from './newest-traits.ts'
import type { Said, SaidOfAccount } from './read-event.ts'

/** What a line says, and where its person belongs. */
export interface Placed {
  readonly line: number
  readonly said: Said
  readonly resolution: Resolution
  /** Whether the profile has been told of the ids by this isolate. */
  readonly isTold: boolean
}

/** News of one profile, and the lines that bring it. */
export interface Told {
  readonly news: News
  readonly lines: readonly number[]
}

interface Draft {
  readonly news: {
    readonly profile: ProfileName
    readonly collection: News['collection']
    readonly ids: Map<IdKey, NewsId>
    readonly traits: News['traits'][number][]
    readonly groups: News['groups'][number][]
    readonly consents: News['consents'][number][]
  }
  readonly lines: number[]
}

/** Gathers what lines bring by profile: people and accounts; a profile without news is not in it. */
export function gatherNews(placed: readonly Placed[]): Told[] {
  const drafts = new Map<ProfileName, Draft>()
  for (const each of placed) {
    addPerson(drafts, each)
    if (each.said.account !== null) addAccount(drafts, each, each.said.account)
  }
  return [...drafts.values()].map(({ news, lines }) => ({
    news: { ...news, ids: [...news.ids.values()], traits: newestTraits(news.traits) },
    lines,
  }))
}

/** What a line writes belongs to its highest-priority id that the profile holds. */
function addPerson(
  drafts: Map<ProfileName, Draft>,
  { line, said, resolution, isTold }: Placed,
): void {
  const { profile } = resolution
  const held = newsIds(said, resolution)
  const [first] = held
  if (profile === null || profile.isImplicit || first === undefined) return
  const { stamp, traits, account, consent } = said
  if (isTold && traits.length === 0 && account === null && consent === null) return
  const by = first.key
  const { news, lines } = draftOf(drafts, profile.name, 'users')
  lines.push(line)
  for (const id of held) if (!news.ids.has(id.key)) news.ids.set(id.key, id)
  for (const [name, value] of traits) news.traits.push({ ...stamp, by, name, value })
  if (account !== null) news.groups.push({ ...stamp, by, groupId: account.groupId })
  if (consent !== null) news.consents.push({ ...stamp, by, categories: consent })
}

/** An account's ids have no links: accounts never merge. */
function addAccount(
  drafts: Map<ProfileName, Draft>,
  { line, said: { stamp } }: Placed,
  { ids, traits }: SaidOfAccount,
): void {
  const [own] = ids
  if (own === undefined) return
  const { news, lines } = draftOf(drafts, nameProfile(own.key, 'accounts'), 'accounts')
  lines.push(line)
  for (const id of ids) {
    if (!news.ids.has(id.key)) news.ids.set(id.key, { ...id, ...stamp, link: 0 })
  }
  for (const [name, value] of traits) news.traits.push({ ...stamp, by: own.key, name, value })
}

/** The ids of a line that its profile holds, in order; an alias's `previousId` comes last. */
function newsIds({ ids, previous, stamp }: Said, resolution: Resolution): NewsId[] {
  const links = new Map(resolution.ids.map(({ key, link }) => [key, link]))
  const all: readonly KeyedId[] = previous === null ? ids : [...ids, ...previous]
  return all.flatMap((id) => {
    const link = links.get(id.key)
    return link === undefined ? [] : [{ ...id, ...stamp, link }]
  })
}

function draftOf(
  drafts: Map<ProfileName, Draft>,
  profile: ProfileName,
  collection: News['collection'],
): Draft {
  const known = drafts.get(profile)
  if (known !== undefined) return known
  const news = { profile, collection, ids: new Map(), traits: [], groups: [], consents: [] }
  const draft: Draft = { news, lines: [] }
  drafts.set(profile, draft)
  return draft
}
