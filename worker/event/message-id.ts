import { isJsonObject, type JsonObject } from './json.ts'
import type { ValidEvent } from './schema.ts'

/** An event that can be compared with others. */
export type IdentifiedEvent = ValidEvent & { readonly messageId: string }

/**
 * Gives an event a message id if it has none. A whole number becomes its text, the same at each retry;
 * what else is no text is replaced. `_metadata.sentMessageId` says what was sent.
 */
export function assignMessageId(event: ValidEvent, newMessageId: () => string): IdentifiedEvent {
  const { messageId: sent } = event
  if (typeof sent === 'string' && sent !== '') return { ...event, messageId: sent }
  const messageId = Number.isSafeInteger(sent) ? String(sent) : newMessageId()
  if (sent === undefined || sent === null) return { ...event, messageId }
  return { ...event, messageId, ...noteSentId(event._metadata, sent) }
}

function noteSentId(metadata: unknown, sentMessageId: unknown): JsonObject {
  if (metadata !== undefined && metadata !== null && !isJsonObject(metadata)) return {}
  return { _metadata: { ...(metadata ?? {}), sentMessageId } }
}
