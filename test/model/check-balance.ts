import { type Counts, sumDiscards } from '../../durable-objects/intake/counts.ts'
import type { Balance } from '../../durable-objects/intake/look-up.ts'
import { UNVERIFIED } from '../../durable-objects/workspace/snapshot.ts'
import type { Remains } from './check.ts'
import type { Sent } from './clients.ts'
import { LATE, SHOP } from './platform.ts'

const SAMPLE = 12
const REMEMBERED_MS = 24 * 3_600_000

/** What was received is what was sent, and each of it has one end; receipts say the same. */
export async function checkBalance(remains: Remains): Promise<string[]> {
  const { totals, clients, chunks, balance } = remains
  const violations: string[] = []
  const expect = (what: string, found: number, from: number, to = from) => {
    if (found < from || found > to) violations.push(`${what}: ${found}, expected ${from} to ${to}`)
  }
  for (const source of [SHOP, LATE, UNVERIFIED]) {
    const counts = totals.get(source)
    if (counts === undefined) continue
    const lines = chunks
      .filter((chunk) => chunk.source === source)
      .reduce((sum, { messageIds }) => sum + messageIds.length, 0)
    expect(`events of ${source}`, counts.events, lines)
    expect(`archived of ${source}`, counts.archived, lines)
    const { archived: _, ...ends } = await balance(source)
    const { archived: __, ...total } = counts
    if (sorted(ends) !== sorted(total))
      violations.push(`balance of ${source}: ${sorted(ends)}, totals ${sorted(total)}`)
    if (source === LATE) continue
    const sent = clients.sent.filter(({ intake }) => intake.startsWith(`${source}:`))
    const known = countItems(sent.filter(({ ackedMs }) => ackedMs !== null))
    expect(`received of ${source}`, received(counts), known, countItems(sent))
  }
  const forwarded = totals.get(UNVERIFIED)?.forwarded ?? 0
  const late = totals.get(LATE)
  if (late !== undefined) expect('received of what was forwarded', received(late), forwarded)
  return [...violations, ...(await checkReceipts(remains))]
}

const received = (counts: Counts) =>
  counts.events + counts.duplicates + sumDiscards(counts) + counts.forwarded

const countItems = (sent: readonly Sent[]) => sent.reduce((sum, { items }) => sum + items.length, 0)

function sorted({ discards, ...counts }: Counts | Balance): string {
  return JSON.stringify(Object.entries({ ...counts, ...discards }).sort())
}

/** Of some ids of the shop: one receipt for each time that a client sent it and was told so. */
async function checkReceipts({ platform, clients, chunks, receipts }: Remains): Promise<string[]> {
  const { world } = platform
  const uses = new Map<string, { kinds: string[]; isClear: boolean }>()
  for (const { intake, items, sentMs, ackedMs } of clients.sent) {
    if (!intake.startsWith(`${SHOP}:`)) continue
    const isClear = ackedMs !== null && sentMs > world.nowMs - REMEMBERED_MS
    for (const { messageId, kind } of items) {
      const use = uses.get(messageId) ?? { kinds: [], isClear: true }
      uses.set(messageId, { kinds: [...use.kinds, kind], isClear: use.isClear && isClear })
    }
  }
  const clear = [...uses].filter(([, { isClear }]) => isClear)
  const sample = Array.from({ length: clear.length === 0 ? 0 : SAMPLE }, () => world.pick(clear))
  const violations: string[] = []
  for (const [id, { kinds }] of new Map(sample)) {
    const found = await receipts(SHOP, id)
    const wanted = [...kinds].sort()
    const first = wanted.indexOf('event')
    const ends = wanted.map((kind, at) => (kind === 'event' && at !== first ? 'duplicate' : kind))
    const kindsFound = found.map(({ kind }) => kind).sort()
    if (kindsFound.join() !== ends.sort().join()) {
      violations.push(`receipts of ${id}: ${kindsFound}, expected ${ends}`)
    }
    const chunk = found.find(({ kind }) => kind === 'event')?.chunk
    const holds = chunks.find(({ key }) => key === chunk)?.messageIds.includes(id) ?? false
    if (first !== -1 && !holds) violations.push(`receipt of ${id} names ${chunk}`)
  }
  return violations
}
