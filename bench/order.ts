import type { Shape } from './workload.ts'

/** How the platform hands messages of a queue to its consumer. */
export interface Consumer {
  readonly queue: string
  /** What the Worker sends to the queue by. */
  readonly binding: string
  readonly maxBatchSize: number
  readonly batchTimeoutMs: number
}

/** What one call of the bench does: begins a workload, sends its next requests, or drains. */
export type Order =
  | {
      readonly kind: 'begin'
      readonly shape: Shape
      readonly visitors: number
      readonly seed: number
      readonly consumers: readonly Consumer[]
      /** Whether all requests run in one isolate and share its calls. */
      readonly isGrouped: boolean
    }
  | { readonly kind: 'send'; readonly requests: number }
  | { readonly kind: 'drain' }
