// Takes the place of durable-objects/workspace/fixed-workspace.ts in the bench's own bundle: one
// source with three destinations, as the reference workload wants it.
import type { Snapshot, Workspace } from '../../durable-objects/workspace/snapshot.ts'

export const LOCAL_WRITE_KEY = 'bench-write-key-0000000000000000'
export const LOCAL_ADMIN_TOKEN = 'bench-admin-token'
export const LOCAL_SOURCE_ID = 'bench'
export const LOCAL_DESTINATION_ID = 'bench-1'
/** The destination of the catalogue that all three are. */
export const CATALOG_KEY = 'webhook'

const TRIGGER = 'type = "track" or type = "identify"'

const SNAPSHOT: Snapshot = {
  version: 1,
  sources: [
    {
      id: LOCAL_SOURCE_ID,
      slug: 'bench',
      name: 'Bench',
      enabled: true,
      writeKeys: [LOCAL_WRITE_KEY],
      ipPolicy: 'keep',
      redirectHosts: [],
    },
  ],
  destinations: ['bench-1', 'bench-2', 'bench-3'].map((id) => ({
    id,
    sourceId: LOCAL_SOURCE_ID,
    name: id,
    enabled: true,
    catalogKey: CATALOG_KEY,
    settings: {},
    subscriptions: [
      {
        id: `${id}-send`,
        name: 'Send',
        enabled: true,
        action: 'send',
        trigger: TRIGGER,
        mapping: { url: `http://127.0.0.1:9/${id}`, method: 'POST', data: { '@path': '$.' } },
      },
    ],
  })),
}

/** The bench's workspace. */
export const fixedWorkspace = (): Workspace => ({
  snapshot: async () => SNAPSHOT,
  snapshotSince: async () => SNAPSHOT,
})
