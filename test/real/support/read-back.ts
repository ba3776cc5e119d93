import type { StartedMillrace } from './started-millrace.ts'

/** An event as the archive or the demo destination shows it. */
export interface SeenEvent {
  readonly type: string
  readonly messageId: string
  readonly event?: string
  readonly userId?: string | null
  readonly [key: string]: unknown
}

const TOKEN = { authorization: 'Bearer local-admin-token' }

/** All lines of the archive, by the API. */
export async function readArchive({ url }: StartedMillrace): Promise<SeenEvent[]> {
  const archive = `${url}/api/sources/local-website/archive?start=2020-01-01T00:00:00Z`
  const response = await fetch(archive, { headers: TOKEN })
  if (!response.ok) throw new Error(`archive: ${response.status} ${await response.text()}`)
  const lines = (await response.text()).split('\n').slice(0, -1)
  return lines.map((line) => JSON.parse(line))
}

/** Everything the demo destination has received. */
export async function readDelivered({ sinkUrl }: StartedMillrace): Promise<SeenEvent[]> {
  const response = await fetch(`${sinkUrl}received`)
  const { items } = (await response.json()) as { items: { event: SeenEvent }[] }
  return items.map(({ event }) => event)
}

/** How often each message id occurs. */
export function countIds(events: readonly SeenEvent[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { messageId } of events) counts[messageId] = (counts[messageId] ?? 0) + 1
  return counts
}
