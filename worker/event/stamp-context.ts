import { isbot } from 'isbot'
import type { Channel } from './channel.ts'
import { applyIpPolicy, applyIpPolicyWithin, type IpPolicy } from './ip-policy.ts'
import { isJsonObject, type JsonObject } from './json.ts'
import type { RequestFacts } from './request-facts.ts'

/** What stamping a context needs to know. */
export interface ContextStamp {
  readonly channel: Channel
  readonly facts: RequestFacts
  readonly ipPolicy: IpPolicy
}

/**
 * Adds to an event's context what the server knows of its sender: never over what the client says,
 * and never a server's address for a person's (contract, section 2.4). What is no object stays.
 */
export function stampContext(context: unknown, stamp: ContextStamp): unknown {
  if (isJsonObject(context)) return stampObject(context, stamp)
  if (context !== undefined && context !== null) {
    return stamp.ipPolicy === 'keep' ? context : applyIpPolicyWithin(context, stamp.ipPolicy)
  }
  const stamped = stampObject({}, stamp)
  return Object.keys(stamped).length === 0 ? context : stamped
}

function stampObject(context: JsonObject, stamp: ContextStamp): JsonObject {
  const { facts, channel } = stamp
  const isPersons = channel !== 'server' || context.direct === true
  // A proxy's address says nothing of the person behind it.
  const address = isPersons && facts.automation === null ? facts.ip : null
  const userAgent = readText(context.userAgent) ?? (channel === 'browser' ? facts.userAgent : null)
  return {
    ...stampIp(context, address, stamp.ipPolicy),
    ...(userAgent === null ? {} : { userAgent }),
    ...stampEdge(context, address === null ? null : facts.edge),
    ...(userAgent === null || !isPersons ? {} : { bot: { score: isbot(userAgent) ? 1 : 0 } }),
    ...(facts.automation === null ? {} : { automation: facts.automation }),
  }
}

/** The client's own address wins (`0.0.0.0` keeps the person's out); an empty one counts as none. */
function stampIp(context: JsonObject, address: string | null, policy: IpPolicy): JsonObject {
  const ip = readText(context.ip) ?? address
  if (ip === null && policy === 'keep') return context
  const kept = ip === null ? null : applyIpPolicy(ip, policy)
  if (kept !== null) return { ...context, ip: kept }
  const { ip: _, ...rest } = context
  return rest
}

/** Geography belongs to the connecting address: none beside an address that the client named. */
function stampEdge(context: JsonObject, edge: RequestFacts['edge']): JsonObject {
  const hasOwn = context.edge !== undefined || readText(context.ip) !== null
  return edge === null || hasOwn ? {} : { edge }
}

function readText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
