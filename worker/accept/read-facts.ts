import type { Context } from 'hono'
import type { AppEnv } from '../app-env.ts'
import type { Automation, Edge, RequestFacts } from '../event/request-facts.ts'
import { readAddress } from './limit.ts'

/** Longest user agent that is kept: honest ones have some 200 characters. */
const MAX_USER_AGENT_LENGTH = 1_024
const EDGE_FIELDS = [
  'city',
  'region',
  'regionCode',
  'country',
  'continent',
  'postalCode',
  'latitude',
  'longitude',
  'timezone',
] as const satisfies (keyof Edge)[]

/** What a request says of its sender beside its body. */
export function readFacts(
  c: Context<AppEnv>,
  known: { readonly isClientPath: boolean; readonly automation?: Automation | null },
): RequestFacts {
  return {
    isClientPath: known.isClientPath,
    ip: readAddress(c),
    userAgent: c.req.header('user-agent')?.slice(0, MAX_USER_AGENT_LENGTH) || null,
    edge: c.var.deployment.local === null ? readEdge(c.req.raw.cf) : null, // made up by an emulator
    automation: known.automation ?? null,
  }
}

function readEdge(cf: Partial<IncomingRequestCfProperties> | undefined): Edge | null {
  const fields = EDGE_FIELDS.map((name) => [name, cf?.[name]]).filter(
    ([, value]) => typeof value === 'string' && value !== '',
  )
  return fields.length === 0 ? null : Object.fromEntries(fields)
}
