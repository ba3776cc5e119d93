import * as v from 'valibot'
import { addCounts, sumDiscards } from '../../../durable-objects/intake/counts.ts'
import { readChunk } from '../../../durable-objects/intake/read-chunk.ts'
import { reportFailure } from '../../../durable-objects/report.ts'
import { intakeName } from '../../../durable-objects/workspace/intake-name.ts'
import { UNVERIFIED } from '../../../durable-objects/workspace/snapshot.ts'

/** A page that opens shows this much of the past. */
const RECENT_MS = 86_400_000
const RECENT_EVENTS = 20
/** A vendor that hangs must not hold up what is known without it. */
const SINK_LIMIT_MS = 1_000

/** Which feed, and from where on: the cursors of the answer before, if there was one. */
export interface FeedRequest {
  readonly source: string
  readonly sink: string
  readonly archived: string | undefined
  readonly delivered: string | undefined
}

const Received = v.object({
  items: v.array(v.object({ n: v.number(), at: v.string(), event: v.unknown() })),
  next: v.number(),
})

/** What the demo page shows: events as archived and as the demo destination received them. */
export async function readDemoFeed(env: Env, request: FeedRequest) {
  const [archived, delivered, own, unverified] = await Promise.all([
    readArchived(env.ARCHIVE, request),
    readDelivered(request),
    env.INTAKE.getByName(intakeName(request.source)).totals(),
    env.INTAKE.getByName(intakeName(UNVERIFIED)).totals(),
  ])
  const totals = addCounts(own, unverified)
  return {
    archived: archived.items,
    delivered: delivered.items,
    totals: {
      received: totals.events + totals.duplicates + sumDiscards(totals),
      duplicates: totals.duplicates,
      discarded: sumDiscards(totals),
      reasons: totals.discards,
      archived: own.archived,
    },
    next: { archived: archived.next, delivered: delivered.next },
  }
}

async function readArchived(bucket: R2Bucket, { source, archived }: FeedRequest) {
  const keys = await listAfter(bucket, archived ?? recentKey(source), `archive/${source}/`)
  const next = keys.at(-1) ?? archived ?? recentKey(source)
  const items: { chunk: string; event: unknown }[] = []
  for (const chunk of keys.reverse()) {
    const lines = (await readChunk(bucket, chunk)) ?? []
    items.unshift(...lines.map((line) => ({ chunk, event: JSON.parse(line) as unknown })))
    if (archived === undefined && items.length >= RECENT_EVENTS) break
  }
  return { items: archived === undefined ? items.slice(-RECENT_EVENTS) : items, next }
}

function recentKey(source: string): string {
  const hour = new Date(Date.now() - RECENT_MS).toISOString().slice(0, 13)
  return `archive/${source}/${hour.replace(/[-T]/g, '/')}`
}

async function listAfter(bucket: R2Bucket, startAfter: string, prefix: string): Promise<string[]> {
  const keys: string[] = []
  let after = startAfter
  for (;;) {
    const { objects, truncated } = await bucket.list({ prefix, startAfter: after })
    keys.push(...objects.map(({ key }) => key))
    const last = keys.at(-1)
    if (!truncated || last === undefined) return keys
    after = last
  }
}

/** The page that plays the vendor may be down: then nothing new was delivered. */
async function readDelivered({ sink, delivered }: FeedRequest) {
  const after = Number(delivered ?? -1)
  try {
    const isFirst = delivered === undefined
    const query = isFirst ? `last=${RECENT_EVENTS}` : `after=${after}`
    const signal = AbortSignal.timeout(SINK_LIMIT_MS)
    const response = await fetch(new URL(`received?${query}`, sink), { signal })
    return v.parse(Received, await response.json())
  } catch (error) {
    reportFailure('DEMO_SINK_UNREACHABLE', { sink }, error)
    return { items: [], next: after }
  }
}
