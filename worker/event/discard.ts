/**
 * Why an item was not passed on, in Segment's words where it has one (contract, section 2.1).
 * A reason is stored as its position in this list: append only, at most 200.
 */
export const DISCARD_REASONS = [
  'unknown_source',
  'source_disabled',
  'no_user_anon_id',
  'id_required',
  'id_not_string',
  'event_not_defined',
  'event_not_string',
  'properties_not_object',
  'traits_not_object',
  'name_not_string',
  'category_not_string',
  'empty_batch',
  'UNSUPPORTED_EVENT_TYPE',
  'exceeds_payload_limit',
  'exceeds_batch_limit',
] as const

export type DiscardReason = (typeof DISCARD_REASONS)[number]
