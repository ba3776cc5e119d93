import type { ArchivedChunk, Remains } from './check.ts'
import type { Sent } from './clients.ts'
import { LATE, LATE_KEY, NOBODYS_KEY, type Platform, SHOP } from './platform.ts'

/** Each event that a client was told of is in the archive once, and nothing else is; in commit order. */
export function checkArchive({ platform, clients, chunks }: Remains): string[] {
  return [SHOP, LATE].flatMap((source) => {
    const theirs = chunks.filter((chunk) => chunk.source === source)
    const counts = countIds(theirs)
    const sent = clients.sent.filter((each) => mayBelongTo(source, each, platform))
    const told = sent.filter(
      (each) => each.ackedMs !== null && mustBelongTo(source, each, platform),
    )
    const [possible, promised] = [new Set(sent.flatMap(eventIds)), new Set(told.flatMap(eventIds))]
    return [
      ...[...promised].filter((id) => !counts.has(id)).map((id) => `${source}: ${id} is lost`),
      ...[...counts]
        .filter(([, n]) => n > 1)
        .map(([id, n]) => `${source}: ${id} is there ${n} times`),
      ...[...counts.keys()]
        .filter((id) => !possible.has(id))
        .map((id) => `${source}: ${id} is nobody's`),
      ...(source === SHOP ? findDisorder(theirs, sent) : []),
    ]
  })
}

/** The ids of a segment's events; its discards are never archived. */
const eventIds = ({ items }: Pick<Sent, 'items'>) =>
  items.filter(({ kind }) => kind === 'event').map(({ messageId }) => messageId)

const isOfShop = ({ intake }: Sent) => intake.startsWith(`${SHOP}:`)

function mayBelongTo(source: string, sent: Sent, { snapshot }: Platform): boolean {
  if (source === SHOP) return isOfShop(sent)
  const isThere = snapshot.sources.some(({ id }) => id === LATE)
  return !isOfShop(sent) && isThere && sent.writeKey !== NOBODYS_KEY
}

/** What was sent before its source was created may be nobody's; what was sent after may not. */
function mustBelongTo(source: string, sent: Sent, platform: Platform): boolean {
  if (source === SHOP) return isOfShop(sent)
  const { sources } = platform.snapshotAt(sent.sentMs)
  return sent.writeKey === LATE_KEY && sources.some(({ id }) => id === LATE)
}

function countIds(chunks: readonly ArchivedChunk[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const id of chunks.flatMap(({ messageIds }) => messageIds)) {
    counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  return counts
}

/** What was answered before something else was sent lies before it. */
function findDisorder(chunks: readonly ArchivedChunk[], sent: readonly Sent[]): string[] {
  const placed = placeEvents(chunks, sent)
  const answered = [...placed].sort((one, other) => one.ackedMs - other.ackedMs)
  const disorder: string[] = []
  let before = { id: '', place: -1 }
  for (const later of [...placed].sort((one, other) => one.sentMs - other.sentMs)) {
    while ((answered[0]?.ackedMs ?? Number.POSITIVE_INFINITY) < later.sentMs) {
      const next = answered.shift()
      if (next !== undefined && next.place > before.place) before = next
    }
    if (later.place < before.place) disorder.push(`${later.id} lies before ${before.id}`)
  }
  return disorder
}

/** Where the events lie that were in one segment only, and came past the spool. */
function placeEvents(chunks: readonly ArchivedChunk[], sent: readonly Sent[]) {
  const places = new Map(chunks.flatMap((each) => each.messageIds).map((id, place) => [id, place]))
  const uses = new Map<string, number>()
  for (const id of sent.flatMap(eventIds)) uses.set(id, (uses.get(id) ?? 0) + 1)
  return sent.flatMap(({ ackedMs, isSpooled, ...each }) => {
    if (ackedMs === null || isSpooled) return []
    const once = eventIds(each).filter((id) => uses.get(id) === 1)
    return once.map((id) => ({ id, place: places.get(id) ?? 0, sentMs: each.sentMs, ackedMs }))
  })
}
