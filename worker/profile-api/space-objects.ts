import type { IdKey, ProfileName } from '../../durable-objects/identity/external-id.ts'
import type { Joined } from '../../durable-objects/identity/join.ts'
import type { IdentityPolicy, SpaceFacts } from '../../durable-objects/identity/policy.ts'
import type { ParsedPolicy } from '../../durable-objects/identity/policy-parser.ts'
import type { Found, LinkPage } from '../../durable-objects/identity/protocol.ts'
import type { Unmerged } from '../../durable-objects/identity/undo.ts'
import type { ProfileRead } from '../../durable-objects/profile/news.ts'

/** The one space there is. */
export const SPACE = 'default'

/** What request code asks Identity. */
export interface IdentityCalls {
  space(): Promise<SpaceFacts>
  find(key: IdKey): Promise<Found | null>
  links(name: ProfileName, cursor: number): Promise<LinkPage>
  unmerge(name: ProfileName, n: number, by: string): Promise<Unmerged>
  join(keys: readonly IdKey[], by: string): Promise<Joined>
  policy(): Promise<IdentityPolicy>
  setPolicy(policy: object): Promise<ParsedPolicy>
  done(n: number): Promise<void>
}

/** What request code asks a Profile. */
export interface ProfileCalls {
  read(): Promise<ProfileRead>
  absorb(merge: { readonly n: number; readonly loser: ProfileName }): Promise<void>
  part(parted: {
    readonly n: number
    readonly ids: readonly IdKey[]
    readonly to: ProfileName
  }): Promise<void>
}

/** The Identity of the space. */
export function openIdentity(env: Env): IdentityCalls {
  return env.IDENTITY.getByName(SPACE)
}

/** A profile of the space. */
export function openProfile(env: Env, name: ProfileName): ProfileCalls {
  const stub = env.PROFILE.getByName(`${SPACE}:${name}`)
  return stub as unknown as ProfileCalls // the stub's own type gives up at a value that nests
}
