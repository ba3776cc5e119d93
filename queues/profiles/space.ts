import { drivePending, type Left } from '../../durable-objects/identity/drive-pending.ts'
import { pendingVerbs } from '../../durable-objects/identity/pending-verbs.ts'
import type { SpaceFacts } from '../../durable-objects/identity/policy.ts'
import type { IdSet, Pending, Resolved } from '../../durable-objects/identity/protocol.ts'
import type { Applied, News } from '../../durable-objects/profile/news.ts'
import { openProfile } from '../../durable-objects/profile/open-profile.ts'
import { within } from '../../durable-objects/within.ts'
import { SPACE } from '../../durable-objects/workspace/snapshot.ts'

const CALL_LIMIT_MS = 10_000
/** A change of the policy is seen by then; the secret never changes. */
const FACTS_MS = 60_000

/** The objects of a space, as the consumer of `profiles` calls them. */
export interface Space {
  readonly facts: () => Promise<SpaceFacts>
  readonly resolve: (sets: readonly IdSet[]) => Promise<Resolved>
  /** Tells the profile that the news is of. */
  readonly apply: (news: News) => Promise<Applied>
  /** Answers what could not be driven. */
  readonly drive: (pending: readonly Pending[]) => Promise<readonly Left[]>
}

/** Opens the space of a deployment. */
export function openSpace(env: Env): Space {
  const identity = () => env.IDENTITY.getByName(SPACE)
  let known: { readonly facts: SpaceFacts; readonly untilMs: number } | null = null
  return {
    facts: async () => {
      if (known !== null && Date.now() < known.untilMs) return known.facts
      const facts = await within(CALL_LIMIT_MS, 'facts', identity().space())
      known = { facts, untilMs: Date.now() + FACTS_MS }
      return facts
    },
    resolve: (sets) => within(CALL_LIMIT_MS, 'resolve', identity().resolve(sets)),
    apply: (news) => within(CALL_LIMIT_MS, 'apply', openProfile(env, news.profile).apply(news)),
    drive: (pending) => drivePending(pending, pendingVerbs(env)),
  }
}
