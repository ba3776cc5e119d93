import type { IdKey } from '../../durable-objects/identity/external-id.ts'
import type { Link } from '../../durable-objects/identity/protocol.ts'
import type { NewsId } from '../../durable-objects/profile/news.ts'

/** A journal entry with its ids in clear; null for one that the profile does not hold any more. */
export function showLink(link: Link, ids: readonly NewsId[]): object {
  const { n, kind, atMs, source, messageId, carrier, brought, winner, loser } = link
  return {
    link: n,
    kind,
    at: new Date(atMs).toISOString(),
    source,
    messageId,
    carrier: showKey(carrier, ids),
    brought: showKey(brought, ids),
    winner,
    loser,
  }
}

function showKey(key: IdKey, ids: readonly NewsId[]): object | null {
  const id = ids.find((each) => each.key === key)
  return id === undefined ? null : { type: id.type, id: id.value }
}
