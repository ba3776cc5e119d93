import type { SegmentEvent } from '@segment/actions-core'
import type { DestinationConfig, Subscription } from '../durable-objects/workspace/snapshot.ts'
import type { CatalogModule } from './catalog/module.ts'
import { type Attempt, combineOutcomes, type Outcome, readOutcome } from './outcome.ts'

/** Thrown before a request when the run may no longer send: it lost its lease. */
class TimeOver extends Error {}

/** Makes the catalogue's object for a destination: one for a whole run, as it reads all its fields. */
export const makeDestination = ({ Destination, definition }: CatalogModule) =>
  new Destination(definition)

/** What delivering one event needs beside its line. */
export interface EventDelivery {
  readonly destination: ReturnType<typeof makeDestination>
  readonly recordRequests: CatalogModule['recordRequests']
  readonly config: DestinationConfig
  readonly isTimeOver: () => boolean
}

/** Runs an event through a destination's subscriptions; null if the time was over before a request. */
export async function deliverEvent(line: string, delivery: EventDelivery): Promise<Outcome | null> {
  const subscriptions = delivery.config.subscriptions.filter(({ enabled }) => enabled)
  const outcomes: Outcome[] = []
  for (const subscription of subscriptions) {
    const attempt = await attemptEvent(JSON.parse(line), subscription, delivery)
    if (attempt === null) return null
    outcomes.push(readOutcome(attempt))
  }
  return combineOutcomes(outcomes)
}

async function attemptEvent(
  event: SegmentEvent,
  subscription: Subscription,
  { destination, recordRequests, config, isTimeOver }: EventDelivery,
): Promise<Attempt | null> {
  const { action: partnerAction, trigger: subscribe, mapping } = subscription
  let isStopped = false
  const beforeRequest = () => {
    isStopped = isTimeOver()
    if (isStopped) throw new TimeOver('the lease is over')
  }
  const settings = { ...config.settings, subscription: { partnerAction, subscribe, mapping } }
  const { outcome, requests } = await recordRequests(() => destination.onEvent(event, settings), {
    beforeRequest,
  })
  destination.responses.length = 0 // it keeps every answer of its life
  if (isStopped) return null
  const end = outcome.ok ? { results: outcome.value } : { error: outcome.error }
  return { end, requests: requests.length }
}
