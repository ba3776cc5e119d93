/** What Cloudflare's edge knows of where an address is; Segment's own edge SDK names it so. */
export interface Edge {
  readonly city?: string
  readonly region?: string
  readonly regionCode?: string
  readonly country?: string
  readonly continent?: string
  readonly postalCode?: string
  readonly latitude?: string
  readonly longitude?: string
  readonly timezone?: string
}

/** Who opened or clicked in a person's place: a mail provider's proxy, a scanner, a prefetch. */
export interface Automation {
  readonly kind: 'mail-proxy' | 'link-scanner' | 'prefetch' | 'head'
  /** Its name, for example `GoogleImageProxy`. */
  readonly source: string
}

/** What a request says of its sender, beside its body: read once, the same for all of its events. */
export interface RequestFacts {
  /** Whether the path is one that browsers and apps use: then the address is the person's. */
  readonly isClientPath: boolean
  /** The connecting address as the edge knows it; never a header that a client may set. */
  readonly ip: string | null
  readonly userAgent: string | null
  readonly edge: Edge | null
  readonly automation: Automation | null
}
