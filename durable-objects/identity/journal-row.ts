import { nameProfile, readProfileName } from './external-id.ts'
import type { Link } from './protocol.ts'
import { joinKeys, KeyTable, splitKeys, TextTable } from './row-tables.ts'

/** A row of the journal has at most this many links: some 60 KB, far below the 2 MB of a row. */
export const LINKS_PER_ROW = 500
const JOURNAL_VERSION = 1
const KINDS = ['attach', 'merge', 'part'] as const
const NOBODY = -1

/** JSON of links with consecutive numbers; all texts are named by their place in tables. */
interface JournalBody {
  readonly v: number
  readonly k: string
  readonly s: readonly string[]
  readonly m: readonly string[]
  readonly at: number
  /** Kind, ms after `at`, source, message id, then keys: carrier, brought, founders of winner and loser. */
  readonly l: readonly (readonly number[])[]
}

/** Encodes links as version 1; the number of the first is the row's. */
export function encodeLinks(links: readonly Link[]): string {
  const [sources, messageIds, keys] = [new TextTable(), new TextTable(), new KeyTable()]
  const at = links.reduce((first, { atMs }) => Math.min(first, atMs), Number.MAX_SAFE_INTEGER)
  const places = new Map<string | null, number>([[null, NOBODY]])
  const placeOf = (name: string | null) => {
    const known = places.get(name)
    if (known !== undefined) return known
    const place = keys.place(readProfileName(name ?? '')?.key ?? '')
    places.set(name, place)
    return place
  }
  const l = links.map((link) => [
    KINDS.indexOf(link.kind),
    link.atMs - at,
    sources.place(link.source),
    messageIds.place(link.messageId),
    keys.place(link.carrier),
    keys.place(link.brought),
    placeOf(link.winner),
    placeOf(link.loser),
  ])
  const [s, m] = [sources.texts, messageIds.texts]
  const body: JournalBody = { v: JOURNAL_VERSION, k: joinKeys(keys.keys), s, m, at, l }
  return JSON.stringify(body)
}

/** Decodes the links of a row; an unknown version throws. */
export function decodeLinks(first: number, text: string): Link[] {
  const body = JSON.parse(text) as JournalBody // its version tells
  if (body.v !== JOURNAL_VERSION) throw new Error(`link row version ${body.v} is unknown`)
  const keys = splitKeys(body.k)
  return body.l.map(([kind = 0, afterMs = 0, source = 0, message = 0, ...ids], index) => {
    const [carrier = '', brought = '', winner = '', loser] = ids.map((place) => keys[place])
    return {
      n: first + index,
      kind: KINDS[kind] ?? 'attach',
      atMs: body.at + afterMs,
      source: body.s[source] ?? '',
      messageId: body.m[message] ?? '',
      carrier,
      brought,
      winner: nameProfile(winner),
      loser: loser === undefined ? null : nameProfile(loser),
    }
  })
}
