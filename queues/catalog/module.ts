import type { Destination, DestinationDefinition } from '@segment/actions-core'
import type { recordRequests } from './stand-ins/cross-fetch.ts'

/** What the build makes of one destination of Segment's catalogue. */
export interface CatalogModule {
  readonly definition: DestinationDefinition
  readonly Destination: typeof Destination
  readonly recordRequests: typeof recordRequests
}
