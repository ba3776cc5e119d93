import { expect } from 'vitest'
import { isJsonObject, type JsonObject } from '../../worker/event/json.ts'

const TYPES: { readonly [letter: string]: string } = {
  t: 'track',
  i: 'identify',
  p: 'page',
  s: 'screen',
  g: 'group',
  a: 'alias',
}
/** What the contract has the server decide; the client's time goes to `originalTimestamp`. */
const REPLACED = ['writeKey', 'timestamp', 'originalTimestamp', 'receivedAt', 'sentAt']
/** What the server adds to a context, where the client says nothing. */
const ADDED_TO_CONTEXT = ['ip', 'userAgent', 'edge', 'bot', 'automation']

/** The events of a request body as they should arrive: with their type, and what a batch shares. */
export function sentItems(body: JsonObject, path: string): JsonObject[] {
  const { batch } = body
  if (!Array.isArray(batch))
    return [{ ...body, type: TYPES[path.split('/')[2] ?? ''] ?? body.type }]
  return batch.filter(isJsonObject).map((item) => ({
    sentAt: body.sentAt,
    ...item,
    ...merge('context', body, item),
    ...merge('integrations', body, item),
  }))
}

function merge(field: string, body: JsonObject, item: JsonObject): JsonObject {
  const [outer, inner] = [body[field], item[field]]
  if (!isJsonObject(outer)) return {}
  return { [field]: isJsonObject(inner) ? { ...outer, ...inner } : outer }
}

/** Expects that an archived event has all that was sent, unchanged, and no more than the server adds. */
export function expectIntact(sent: JsonObject | undefined, archived: JsonObject): void {
  const { context, ...fields } = sent ?? {}
  for (const [name, value] of Object.entries(fields)) {
    if (!REPLACED.includes(name)) expect(archived[name], name).toEqual(value)
  }
  const time = fields.timestamp ?? fields.originalTimestamp
  expect(archived.originalTimestamp).toEqual(time ?? undefined)
  const added = Object.entries(isJsonObject(archived.context) ? archived.context : {}).filter(
    ([name]) => !(isJsonObject(context) && name in context),
  )
  expect(archived.context).toEqual(
    context === undefined && added.length === 0
      ? undefined
      : { ...(isJsonObject(context) ? context : {}), ...Object.fromEntries(added) },
  )
  for (const [name] of added) expect(ADDED_TO_CONTEXT).toContain(name)
}
