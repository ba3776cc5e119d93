/** Largest single event, after a batch's `context` was merged into it: Segment's documented 32 KB. */
export const MAX_EVENT_BYTES = 32_768

/** Largest request body, inflated: Ruby, PHP and Java send up to 512,000 bytes; the rest is envelope. */
export const MAX_BODY_BYTES = 524_288

/** Most events of one batch: Segment's documented limit. */
export const MAX_BATCH_EVENTS = 2_500

/** Most items of one batch that are looked at and counted one by one; a larger one is refused whole. */
export const MAX_BATCH_ITEMS = 10_000

/** Largest total of a request's events after merging: bounds what a shared `context` can blow up to. */
export const MAX_REQUEST_BYTES = 4_194_304

/** Largest encoded segment: two of them fit a log row, which the platform caps at 2 MB. */
export const MAX_SEGMENT_BYTES = 524_288

/** Most bytes of a discarded item that are kept as its sample. */
export const MAX_SAMPLE_BYTES = 1_024
