// Takes the place of durable-objects/workspace/fixed-workspace.ts in the soak's own bundle: one
// source and no destination, because a vendor that takes events one by one would set the pace.
import type { Snapshot, Workspace } from '../../../durable-objects/workspace/snapshot.ts'

export const LOCAL_WRITE_KEY = 'soak-write-key-00000000000000000'
export const LOCAL_ADMIN_TOKEN = 'soak-admin-token'
export const LOCAL_SOURCE_ID = 'soak'
export const LOCAL_DESTINATION_ID = 'none'

const SNAPSHOT: Snapshot = {
  version: 1,
  sources: [
    {
      id: LOCAL_SOURCE_ID,
      slug: 'soak',
      name: 'Soak',
      enabled: true,
      writeKeys: [LOCAL_WRITE_KEY],
      ipPolicy: 'keep',
      redirectHosts: [],
    },
  ],
  destinations: [],
}

/** The soak's workspace. */
export const fixedWorkspace = (): Workspace => ({
  snapshot: async () => SNAPSHOT,
  snapshotSince: async () => SNAPSHOT,
})
