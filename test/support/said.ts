import { createHmac } from 'node:crypto'
import { makeKey } from '../../durable-objects/identity/make-key.ts'
import { DEFAULT_POLICY, type IdentityPolicy } from '../../durable-objects/identity/policy.ts'
import { proveUser } from '../../durable-objects/identity/prove-user.ts'
import { idRules } from '../../queues/profiles/id-rules.ts'
import { type ReadContext, type ReadEvent, readEvent } from '../../queues/profiles/read-event.ts'
import type { JsonObject } from '../../worker/event/json.ts'

export const SPACE_SECRET = '00112233445566778899aabbccddeeff'
export const RECEIVED_AT = '2026-11-25T12:00:00.000Z'

/** A line as the archive holds it: a track call of a browser, but for what is given. */
export function archiveLine(fields: JsonObject = {}): string {
  const stamped = { messageId: 'm1', receivedAt: RECEIVED_AT, timestamp: RECEIVED_AT }
  return JSON.stringify({ type: 'track', event: 'E', channel: 'browser', ...stamped, ...fields })
}

interface Reading {
  readonly policy?: Partial<IdentityPolicy>
  readonly hasSecretKeys?: boolean
  readonly userHashSecret?: string
}

/** What reading a line needs: a public source and the default policy, but for what is given. */
export const readContext = ({ policy, hasSecretKeys = false, userHashSecret }: Reading = {}) =>
  ({
    source: 'shop',
    hasSecretKeys,
    rules: idRules({ ...DEFAULT_POLICY, ...policy }),
    keyOf: (collection, id) => makeKey(SPACE_SECRET, collection, id),
    isProven: (userId, userHash) =>
      userHashSecret === undefined || proveUser(userHashSecret, userId, userHash),
  }) satisfies ReadContext

/** Reads an event as the consumer would. */
export const read = (fields: JsonObject, reading: Reading = {}): ReadEvent =>
  readEvent(archiveLine(fields), readContext(reading))

/** What an event says; throws if it says nothing. */
export function said(fields: JsonObject, reading: Reading = {}) {
  const event = read(fields, reading)
  if (event.kind !== 'said') throw new Error(`said nothing: ${JSON.stringify(event)}`)
  return event.said
}

/** The ids of an event, as `type:value`, highest priority first. */
export const idsOf = (fields: JsonObject, reading: Reading = {}): string[] =>
  said(fields, reading).ids.map(({ type, value }) => `${type}:${value}`)

/** As a server makes it for its signed-in user. */
export const userHashOf = (userId: string, secret: string): string =>
  createHmac('sha256', secret).update(userId).digest('hex')
