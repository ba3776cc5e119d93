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

export const EMPTY_SNAPSHOT: Snapshot = { version: 0, sources: [], destinations: [] }

/** The enabled or disabled source that owns a write key. */
export function findSource(snapshot: Snapshot, writeKey: string): Source | undefined {
  return snapshot.sources.find(({ writeKeys }) => writeKeys.includes(writeKey))
}

/** The destinations that are fed by a source and switched on. */
export function destinationsOf(snapshot: Snapshot, sourceId: string): DestinationConfig[] {
  return snapshot.destinations.filter((each) => each.sourceId === sourceId && each.enabled)
}
