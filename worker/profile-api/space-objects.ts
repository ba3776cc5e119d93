import type { IdKey, ProfileName } from '../../durable-objects/identity/external-id.ts'
import type { Joined } from '../../durable-objects/identity/join.ts'
import type { IdentityPolicy, SpaceFacts } from '../../durable-objects/identity/policy.ts'
import type { ParsedPolicy } from '../../durable-objects/identity/policy-parser.ts'
import type { Found, LinkPage } from '../../durable-objects/identity/protocol.ts'
import type { Unmerged } from '../../durable-objects/identity/undo.ts'
import { SPACE } from '../../durable-objects/workspace/snapshot.ts'

/** What request code asks Identity. */
export interface IdentityCalls {
  space(): Promise<SpaceFacts>
  find(key: IdKey): Promise<Found | null>
  links(name: ProfileName, cursor: number): Promise<LinkPage>
  unmerge(name: ProfileName, n: number, by: string): Promise<Unmerged>
  join(keys: readonly IdKey[], by: string): Promise<Joined>
  policy(): Promise<IdentityPolicy>
  setPolicy(policy: object): Promise<ParsedPolicy>
}

/** The Identity of the space. */
export function openIdentity(env: Env): IdentityCalls {
  return env.IDENTITY.getByName(SPACE)
}
