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
  'exceeds_depth_limit',
  'consent_categorypreferences_should_exist',
  'consent_categorypreferences_fields_should_be_object',
  'consent_categorypreferences_fields_should_be_bool',
  'consent_version_should_be_number',
  'device_advertisingid_should_be_string',
  'identify_by_automation',
  'malformed_pixel',
  'invalid_write_key',
  'telemetry',
  'malformed_body',
] as const

export type DiscardReason = (typeof DISCARD_REASONS)[number]
