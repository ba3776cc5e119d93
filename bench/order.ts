import type { Shape } from './workload.ts'

/** What one call of the bench does: begins a workload, sends its next requests, or drains. */
export type Order =
  | {
      readonly kind: 'begin'
      readonly shape: Shape
      readonly visitors: number
      readonly seed: number
    }
  | { readonly kind: 'send'; readonly requests: number }
  | { readonly kind: 'drain' }
