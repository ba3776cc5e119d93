import { type Context, Hono } from 'hono'
import type { Occurrence } from '../../durable-objects/intake/look-up.ts'
import { readChunk } from '../../durable-objects/intake/read-chunk.ts'
import { intakeName } from '../../durable-objects/workspace/intake-name.ts'
import type { AppEnv } from '../app-env.ts'
import { isJsonObject } from '../event/json.ts'
import { readSnapshot } from '../middleware/read-snapshot.ts'

/** `GET /api/receipts/{messageId}`: what became of an event, at each source that received it. */
export function receiptRoutes(): Hono<AppEnv> {
  return new Hono<AppEnv>().get('/:messageId', async (c) => {
    const messageId = c.req.param('messageId')
    const { sources } = await readSnapshot(c)
    const receipts = await Promise.all(
      sources.map(async ({ id }) => {
        const occurrences = await c.env.INTAKE.getByName(intakeName(id)).receipts(messageId)
        return readReceipts(c, { sourceId: id, messageId, occurrences })
      }),
    )
    return c.json({ data: { receipts: receipts.flat() } })
  })
}

interface Found {
  readonly sourceId: string
  readonly messageId: string
  readonly occurrences: readonly Occurrence[]
}

/** One receipt for the event with its duplicates, and one for each time that it was discarded. */
async function readReceipts(c: Context<AppEnv>, { sourceId, messageId, occurrences }: Found) {
  const duplicates = occurrences
    .filter(({ kind }) => kind === 'duplicate')
    .map(({ receivedAtMs }) => ({ receivedAt: new Date(receivedAtMs).toISOString() }))
  const received = occurrences.filter(({ kind }) => kind !== 'duplicate')
  // The first may be forgotten, and its duplicates not yet.
  const shown = received.length > 0 ? received : occurrences.slice(0, 1)
  return Promise.all(
    shown.map(async ({ kind, receivedAtMs, state, chunk, text }) => {
      const isDiscard = kind !== 'event' && kind !== 'duplicate'
      return {
        sourceId,
        kind: isDiscard ? 'discard' : kind,
        reason: isDiscard ? kind : null,
        receivedAt: new Date(receivedAtMs).toISOString(),
        state,
        chunk,
        event: text === null ? await readEvent(c, { kind, chunk, messageId }) : parse(text),
        duplicates: isDiscard ? [] : duplicates,
      }
    }),
  )
}

async function readEvent(
  c: Context<AppEnv>,
  { kind, chunk, messageId }: Pick<Occurrence, 'kind' | 'chunk'> & { messageId: string },
): Promise<unknown> {
  if (kind !== 'event' || chunk === null) return null
  const lines = (await readChunk(c.env.ARCHIVE, chunk)) ?? []
  const events = lines.filter((line) => line.includes('"messageId"')).map(parse)
  return events.find((event) => isJsonObject(event) && event.messageId === messageId) ?? null
}

/** A sample may be cut in the middle. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
