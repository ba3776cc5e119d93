/** What the bench asks of its Worker: to make so many users known, or to time one call. */
export type IdentityOrder =
  | { readonly kind: 'fill'; readonly object: string; readonly users: readonly [number, number] }
  | {
      readonly kind: 'call'
      readonly object: string
      readonly users: number
      readonly seed: number
    }

/** What a call of 1,000 events took, as the caller sees it. */
export interface TimedCall {
  readonly ms: number
  readonly rowsWritten: number
  readonly bytes: number
}

export const EVENTS_PER_CALL = 1_000
/** A user that is made known has a user id, an email and an anonymous id. */
export const IDS_PER_USER = 3
