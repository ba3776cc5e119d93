import { env } from 'cloudflare:workers'
import { encodePointer } from '../../queues/pointer.ts'
import { type ProfilesPorts, resolvePeople } from '../../queues/profiles.ts'
import type { JsonObject } from '../../worker/event/json.ts'
import { archiveLine } from './said.ts'

const chunk = (n: number, lines: number) => ({
  intake: 'shop.any.0.deadbeef',
  chunk: n,
  key: `chunk-${n}`,
  lines,
})

/** The message for a chunk that `owe` made. */
export const pointer = (n: number, lines: number) =>
  encodePointer({ destination: 'profiles', ...chunk(n, lines) })

/** Puts a chunk of events, or of texts that are none, into the archive, and owes it to profiles. */
export async function owe(n: number, events: readonly (JsonObject | string)[]): Promise<void> {
  const lines = events.map((event) => (typeof event === 'string' ? event : archiveLine(event)))
  const text = lines.map((line) => `${line}\n`).join('')
  const gzip = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))
  await env.ARCHIVE.put(`chunk-${n}`, await new Response(gzip).arrayBuffer())
  await env.DESTINATION.getByName('profiles').owe([chunk(n, events.length)])
}

/** Hands messages to the consumer and says how each of them ended. */
export async function consumeProfiles(
  ports: ProfilesPorts,
  ...bodies: unknown[]
): Promise<string[]> {
  const ends = bodies.map((): string[] => [])
  const messages = bodies.map((body, index) => ({
    id: `message-${index}`,
    timestamp: new Date(),
    attempts: 1,
    body,
    ack: () => ends[index]?.push('ack'),
    retry: () => ends[index]?.push('retry'),
  }))
  const batch = { queue: 'millrace-profiles', messages } as unknown as MessageBatch // all that is used
  await resolvePeople(batch, ports)
  return ends.map((each) => each.join(', '))
}
