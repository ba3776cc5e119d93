import type { IpPolicy } from '../../worker/event/ip-policy.ts'

/** What JSON can say. */
export type Json = string | number | boolean | null | Json[] | { [field: string]: Json }

/** A source: where events come from; owns write keys. */
export interface Source {
  readonly id: string
  readonly slug: string
  readonly name: string
  readonly enabled: boolean
  readonly writeKeys: readonly string[]
  /** What is stored of a person's address. */
  readonly ipPolicy: IpPolicy
  /** Hosts to which a link of the querystring API may redirect, with port if it is not the usual. */
  readonly redirectHosts: readonly string[]
  /**
   * Whether its write keys lie on servers only. All else takes an event for one that anybody can send:
   * what a line says of its channel is its sender's word.
   */
  readonly hasSecretKeys?: boolean
  /** Unless null: a user id counts as one only beside `context.userHash`, its HMAC-SHA256 under this secret. */
  readonly userHashSecret?: string | null
  /** Whether analytics.js stays off for a browser with Global Privacy Control or an opt-out cookie; false if absent. */
  readonly honoursOptOut?: boolean
}

/** A subscription in Segment's words: which events (`trigger`) run which action, mapped how. */
export interface Subscription {
  readonly id: string
  readonly name: string
  readonly enabled: boolean
  /** The action's key in the catalogue. */
  readonly action: string
  readonly trigger: string
  readonly mapping: { [field: string]: Json }
}

/** A destination: a configured tool, fed by one source. */
export interface DestinationConfig {
  readonly id: string
  readonly sourceId: string
  readonly name: string
  readonly enabled: boolean
  /** The name of the catalogue's module. */
  readonly catalogKey: string
  readonly settings: { [field: string]: Json }
  readonly subscriptions: readonly Subscription[]
}

/** Everything that request code, consumers and objects need to know of the workspace. */
export interface Snapshot {
  readonly version: number
  readonly sources: readonly Source[]
  readonly destinations: readonly DestinationConfig[]
}

/** Where a snapshot comes from; the Workspace object will implement it. */
export interface Workspace {
  /** A snapshot that may be some seconds old. Rejects while none can be had. */
  readonly snapshot: () => Promise<Snapshot>
  /** A snapshot read at or after a time: what was created before it is in it. */
  readonly snapshotSince: (timeMs: number) => Promise<Snapshot>
}

/** Stands for a source's id in the Intake where events of unknown write keys are counted. */
export const UNVERIFIED = 'unverified'

/** The destination that every source has: who is who, and what is known of them. */
export const PROFILES = 'profiles'

/** The only space there is, until a workspace can have several. */
export const SPACE = 'default'

export const EMPTY_SNAPSHOT: Snapshot = { version: 0, sources: [], destinations: [] }

/** The enabled or disabled source that owns a write key. */
export function findSource(snapshot: Snapshot, writeKey: string): Source | undefined {
  return snapshot.sources.find(({ writeKeys }) => writeKeys.includes(writeKey))
}

/** The destinations that are fed by a source and switched on. */
export function destinationsOf(snapshot: Snapshot, sourceId: string): DestinationConfig[] {
  return snapshot.destinations.filter((each) => each.sourceId === sourceId && each.enabled)
}

/** The names of the Destination objects that a source's chunks are owed to. */
export function recipientsOf(snapshot: Snapshot, sourceId: string): string[] {
  return [...destinationsOf(snapshot, sourceId).map(({ id }) => id), PROFILES]
}
