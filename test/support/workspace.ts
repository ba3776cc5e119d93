import type { Snapshot, Source, Workspace } from '../../durable-objects/workspace/snapshot.ts'

/** An enabled source, but for what is given. */
export const source = (fields: Partial<Source> = {}): Source => ({
  id: 'shop',
  slug: 'shop',
  name: 'Shop',
  enabled: true,
  writeKeys: ['shop-write-key-000000000000000000'],
  ipPolicy: 'keep',
  redirectHosts: [],
  ...fields,
})

/** A workspace that a test edits and switches off; `now` is what its next reader sees. */
export class TestWorkspace implements Workspace {
  now: Snapshot | null = { version: 1, sources: [], destinations: [] }
  /** What a reader that may be some seconds late sees, if it is not the same. */
  late: Snapshot | null = null

  readonly snapshot = async (): Promise<Snapshot> => this.late ?? this.snapshotSince()
  readonly snapshotSince = async (): Promise<Snapshot> => {
    if (this.now === null) throw new Error('the workspace does not answer')
    return this.now
  }

  /** Takes sources; until it is called again, the workspace has these. */
  has(...sources: readonly Source[]): void {
    this.late = null
    this.now = { version: (this.now?.version ?? 0) + 1, sources, destinations: [] }
  }

  /** Takes sources that late readers do not see yet. */
  justGot(...sources: readonly Source[]): void {
    this.late = this.now
    this.now = { version: (this.now?.version ?? 0) + 1, sources, destinations: [] }
  }
}
