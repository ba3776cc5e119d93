/** What a space says of one type of ids. */
export interface IdTypePolicy {
  readonly type: string
  /** So many values of it a profile may have by events. */
  readonly limit: number
  /** 1 comes first; an id of the lowest priority is the first to be taken off an event. */
  readonly priority: number
}

/** A trait or property that holds an id, in camel or snake case, in traits, properties and context.traits. */
export interface CustomId {
  readonly type: string
  readonly field: string
}

/** How a space resolves people: contract 7.1 and 7.2. */
export interface IdentityPolicy {
  /** Types that differ from the default; `user_id` has the limit 1 always. */
  readonly types: readonly IdTypePolicy[]
  readonly customIds: readonly CustomId[]
  /** Regular expressions and exact values that are no ids, whatever their type. */
  readonly blockedPatterns: readonly string[]
  readonly blockedValues: readonly string[]
}

/** What a consumer needs to turn events into id sets; some seconds old is fine. */
export interface SpaceFacts {
  /** Of the HMAC that makes keys, in hex; it never leaves the deployment. */
  readonly secret: string
  readonly policy: IdentityPolicy
}

export const DEFAULT_POLICY: IdentityPolicy = {
  types: [],
  customIds: [],
  blockedPatterns: [],
  blockedValues: [],
}
