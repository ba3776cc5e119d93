import type { IdKey } from '../identity/external-id.ts'
import { MAX_IDS } from '../identity/protection.ts'
import type { Json } from '../workspace/snapshot.ts'
import { compareStamps } from './newest.ts'
import type { Applied, News, NewsId, Stamped } from './news.ts'
import {
  type IdRecord,
  NO_DATA,
  type ProfileState,
  standingMove,
  type Written,
} from './profile-state.ts'
import { isNews, type Writing } from './traits.ts'

/** Most that a profile may hold when news comes; 100 merges of that fit a call's 32 MiB. */
export const MAX_NEWS_BYTES = 256 * 1_024
/** A value counts for no less: a small one may always be changed, to null as well. */
const SMALL_VALUE_BYTES = 64
const UTF8 = new TextEncoder()

/** A state, and the answer to whoever brought the news. */
export interface AppliedNews {
  readonly state: ProfileState
  readonly applied: Applied
}

/** What news does to a profile that takes `bytes` in its row. All of it is applied, or nothing. */
export function applyNews(before: ProfileState, news: News, bytes: number): AppliedNews {
  const refusal = refuse(before, news)
  if (refusal !== null) return { state: before, applied: refusal }
  const draft = new Draft(before, {
    bytesLeft: MAX_NEWS_BYTES - bytes,
    isAccount: news.collection === 'accounts',
  })
  for (const id of news.ids) draft.see(id)
  for (const { by, name, value, ...stamp } of news.traits) {
    draft.write({ by, field: 'traits', name, written: { ...stampOf(stamp), value } })
  }
  for (const { by, groupId, ...stamp } of news.groups) draft.join(by, groupId, stampOf(stamp))
  for (const { by, categories, ...stamp } of news.consents) {
    for (const [name, value] of Object.entries(categories)) {
      draft.write({ by, field: 'consent', name, written: { ...stampOf(stamp), value } })
    }
  }
  const overLimit = draft.overLimit === 0 ? {} : { overLimit: draft.overLimit }
  const state = draft.state === before ? 'unchanged' : 'applied'
  return { state: draft.state, applied: { state, ...overLimit } }
}

/** Why news cannot be applied: its ids are elsewhere. Null if it can. */
function refuse(state: ProfileState, news: News): Applied | null {
  const links = new Map(news.ids.map(({ key, link }) => [key, link]))
  const writers = [...news.traits, ...news.groups, ...news.consents].map(({ by }) => by)
  const keys = [...new Set([...links.keys(), ...writers])]
  const foreign = keys.filter((key) => !isAccepted(state, key, links.get(key) ?? -1))
  if (foreign.length === 0) return null
  const move = standingMove(state)
  const isMoved = foreign.every((key) => {
    const leftBy = state.ids.get(key)?.place.n ?? firstMoveAfter(state, links.get(key) ?? -1)
    return leftBy === move?.n
  })
  // Only who knows nothing better than the whole profile's move may follow it.
  if (move === null || !isMoved || foreign.length < keys.length) {
    return { state: 'refused', ids: foreign }
  }
  return { state: 'moved', to: move.to }
}

const firstMoveAfter = ({ moves }: ProfileState, link: number): number | undefined =>
  moves.find(({ n }) => n > link)?.n

/** An id that is here, or whose link is newer than all that this profile knows of its going. */
function isAccepted(state: ProfileState, key: IdKey, link: number): boolean {
  const place = state.ids.get(key)?.place
  if (place?.to === null) return true
  return link > Math.max(place?.n ?? -1, state.moves.at(-1)?.n ?? -1)
}

const stampOf = ({ atMs, messageId, source }: Stamped): Stamped => ({ atMs, messageId, source })

/** A state that is copied when the first thing changes. */
class Draft {
  state: ProfileState
  overLimit = 0
  #bytesLeft: number
  /** Identity gives a person no more ids than it may have; nobody counts those of an account. */
  readonly #isAccount: boolean
  readonly #before: ProfileState
  /** Maps that nobody else has yet: copied once, however much the news writes. */
  readonly #own = new Set<ReadonlyMap<string, unknown>>()

  constructor(before: ProfileState, given: { bytesLeft: number; isAccount: boolean }) {
    this.state = before
    this.#before = before
    this.#bytesLeft = given.bytesLeft
    this.#isAccount = given.isAccount
  }

  /** An id that an event brought: its link, and the first time it was seen. */
  see({ key, type, value, link, ...given }: NewsId): void {
    const stamp = stampOf(given)
    const record = this.#record(key)
    const isHere = record.place.to === null
    const n = isHere ? Math.max(record.place.n, link) : link
    const isFirst = record.known === null || compareStamps(stamp, record.known) < 0
    const isKnown = this.state.ids.has(key)
    if (isHere && n === record.place.n && !isFirst && isKnown) return
    if (!isKnown && this.#isAccount && this.state.ids.size >= MAX_IDS) {
      this.overLimit += 1
      return
    }
    const known = isFirst ? { key, type, value, ...stamp } : record.known
    this.#set(key, { ...record, known, place: { n, to: null } })
    if (link > this.state.revivedBy) this.state = { ...this.state, revivedBy: link }
  }

  write(given: Writing): void {
    if (!isNews(this.state, given)) return
    const { by, name } = given
    const record = this.#record(by)
    if (!this.#affords(name, given.written, record[given.field].get(name)?.value)) return
    const changed =
      given.field === 'traits'
        ? { traits: this.#ownOf(record.traits).set(name, given.written) }
        : { consent: this.#ownOf(record.consent).set(name, given.written) }
    this.#set(by, { ...record, ...changed })
  }

  join(by: IdKey, groupId: string, stamp: Stamped): void {
    const record = this.#record(by)
    const before = record.groups.get(groupId)
    if (before !== undefined && compareStamps(stamp, before) >= 0) return
    if (before === undefined && !this.#affords(groupId, { ...stamp, value: null })) return
    this.#set(by, { ...record, groups: this.#ownOf(record.groups).set(groupId, stamp) })
  }

  #affords(name: string, { value, ...given }: Written<Json>, before?: Json): boolean {
    const old = before === undefined ? -bytesOf([name, stampOf(given)]) : valueBytes(before)
    const bytes = valueBytes(value) - old
    if (bytes > 0 && bytes > this.#bytesLeft) {
      this.overLimit += 1
      return false
    }
    this.#bytesLeft -= bytes
    return true
  }

  #ownOf<Value>(map: ReadonlyMap<string, Value>): Map<string, Value> {
    if (this.#own.has(map)) return map as Map<string, Value> // made below
    const own = new Map(map)
    this.#own.add(own)
    return own
  }

  #record(key: IdKey): IdRecord {
    return this.state.ids.get(key) ?? { ...NO_DATA, place: { n: 0, to: null } }
  }

  #set(key: IdKey, record: IdRecord): void {
    const isFirst = this.state.ids === this.#before.ids
    const ids = isFirst ? new Map(this.state.ids) : (this.state.ids as Map<IdKey, IdRecord>)
    this.state = { ...this.state, ids: ids.set(key, record) }
  }
}

const valueBytes = (value: Json): number => Math.max(SMALL_VALUE_BYTES, bytesOf(value))

const bytesOf = (value: unknown): number => UTF8.encode(JSON.stringify(value)).length
