/** When these prices were read; check them before a decision. */
export const PRICES_READ_ON = '2026-11-22'

/** Cloudflare's marginal prices on the Workers Paid plan ($5 a month), in dollars. */
export const PRICES = {
  /** HTTP request, queue batch or cron: developers.cloudflare.com/workers/platform/pricing */
  perWorkerRequest: 0.3 / 1e6,
  /** The same page. */
  perCpuMs: 0.02 / 1e6,
  /** Write, read or delete of up to 64 KB: developers.cloudflare.com/queues/platform/pricing */
  perQueueOperation: 0.4 / 1e6,
  /** RPC call, fetch or alarm: developers.cloudflare.com/durable-objects/platform/pricing */
  perObjectRequest: 0.15 / 1e6,
  /** 128 MB for as long as an object works: the same page. */
  perObjectGbSecond: 12.5 / 1e6,
  /** Inserts, updates, deletes, index rows and alarms: the same page. */
  perRowWritten: 1.0 / 1e6,
  /** Put, list: developers.cloudflare.com/r2/pricing */
  perR2ClassA: 4.5 / 1e6,
  /** Get, head: the same page. */
  perR2ClassB: 0.36 / 1e6,
} as const

/** A price that somebody else publishes for a million events, and where it was found. */
export interface OtherPrice {
  readonly name: string
  readonly dollarsPerMillion: number
  readonly note: string
  readonly source: string
  readonly readOn: string
}

/** None was read on a price list of the vendor: each says whose words it rests on. */
export const OTHERS: readonly OtherPrice[] = [
  {
    name: 'Segment Team',
    dollarsPerMillion: 48,
    note: 'at its best: 250 events a tracked user, $0.012 a user; $240 at 50 events a user',
    source:
      'our reading of doc.getlago.com/templates/hybrid/segment (price) and segment.com/docs, "MTUs, Throughput and Billing" (cap)',
    readOn: '2026-11-22',
  },
  {
    name: 'RudderStack Growth',
    dollarsPerMillion: 265,
    note: '$265 a month at 1 million events',
    source: "our reading of api-evangelist's RudderStack plans, taken off its page on 2026-08-13",
    readOn: '2026-11-22',
  },
  {
    name: 'Jitsu Cloud Business',
    dollarsPerMillion: 40,
    note: 'past the 2 million in its $99 a month',
    source: "our reading of api-evangelist's Jitsu plans, marked unverified there",
    readOn: '2026-11-22',
  },
  {
    name: 'Cloudflare Zaraz',
    dollarsPerMillion: 5,
    note: 'past the first million of a month (announced 2024); it keeps no archive',
    source:
      'blog.cloudflare.com, "Zaraz launches new pricing", as quoted by others, not read there',
    readOn: '2026-11-25',
  },
]
