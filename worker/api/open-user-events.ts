import type { UserEvents } from '../../durable-objects/intake/find-user-events.ts'
import type { TimeRange } from '../../durable-objects/intake/look-up.ts'
import { readChunk } from '../../durable-objects/intake/read-chunk.ts'
import { isJsonObject, type JsonObject } from '../event/json.ts'

/** Who is looked for: either id is enough. */
export interface Person {
  readonly userId: string | undefined
  readonly anonymousId: string | undefined
}

/** What is looked for, and where. */
export interface UserQuery extends TimeRange {
  readonly person: Person
  readonly found: UserEvents
}

/** Streams a person's events as NDJSON: those of the archive, then those still in the log. */
export function openUserEvents(bucket: R2Bucket, query: UserQuery): ReadableStream<Uint8Array> {
  const { keys, lines } = query.found
  const encoder = new TextEncoder()
  const chunks = [...keys]
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      for (;;) {
        const key = chunks.shift()
        const read = key === undefined ? lines : ((await readChunk(bucket, key)) ?? [])
        const wanted = read.filter((line) => isWanted(line, query))
        if (wanted.length > 0) controller.enqueue(encoder.encode(`${wanted.join('\n')}\n`))
        if (key === undefined) return controller.close()
        if (wanted.length > 0) return
      }
    },
  })
}

function isWanted(line: string, { person, startMs, endMs }: UserQuery): boolean {
  if (!mentions(line, person)) return false
  const event: unknown = JSON.parse(line)
  if (!isJsonObject(event)) return false
  const ms = Date.parse(String(event.receivedAt))
  return isOf(event, person) && ms >= startMs && ms < endMs
}

/** A chunk has a thousand lines, and few are theirs: those that do not name them are not parsed. */
const mentions = (line: string, { userId, anonymousId }: Person) =>
  [userId, anonymousId].some((id) => id !== undefined && line.includes(JSON.stringify(id)))

const isOf = (event: JsonObject, { userId, anonymousId }: Person) =>
  (userId !== undefined && event.userId === userId) ||
  (anonymousId !== undefined && event.anonymousId === anonymousId)
