// Takes the place of durable-objects/workspace/fixed-workspace.ts in the bundles of bench:speed: the
// sources that are measured and no destination, because the way that is timed ends in the archive.
import type { Snapshot, Workspace } from '../../../durable-objects/workspace/snapshot.ts'

export const LOCAL_WRITE_KEY = 'speed-write-key-0000000000000000'
export const LOCAL_ADMIN_TOKEN = 'speed-admin-token'
export const LOCAL_SOURCE_ID = 'speed'
export const LOCAL_DESTINATION_ID = 'none'

/** Given by the bundler: one source for throughput, many for the CPU of a seal. */
declare const SPEED_SOURCES: number

/** The write key of a source by its number; the first is LOCAL_WRITE_KEY. */
const writeKeyOf = (source: number) =>
  LOCAL_WRITE_KEY.slice(0, -4) + String(source).padStart(4, '0')

const makeSnapshot = (): Snapshot => ({
  version: 1,
  sources: Array.from({ length: SPEED_SOURCES }, (_, source) => ({
    id: source === 0 ? LOCAL_SOURCE_ID : `${LOCAL_SOURCE_ID}${source}`,
    slug: `speed-${source}`,
    name: `Speed ${source}`,
    enabled: true,
    writeKeys: [writeKeyOf(source)],
    ipPolicy: 'keep',
    redirectHosts: [],
  })),
  destinations: [],
})

/** The workspace of bench:speed. */
export function fixedWorkspace(): Workspace {
  const snapshot = makeSnapshot()
  return { snapshot: async () => snapshot, snapshotSince: async () => snapshot }
}
