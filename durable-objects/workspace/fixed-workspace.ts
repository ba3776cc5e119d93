import type { Deployment } from '../../worker/deployment.ts'
import { EMPTY_SNAPSHOT, type Snapshot, type Workspace } from './snapshot.ts'

export const LOCAL_WRITE_KEY = 'local-write-key-0000000000000000'
export const LOCAL_ADMIN_TOKEN = 'local-admin-token'
export const LOCAL_SOURCE_ID = 'local-website'
export const LOCAL_DESTINATION_ID = 'local-webhook'

/** The workspace of a deployment until it can be edited: seeded in a local run, empty elsewhere. */
export function fixedWorkspace({ local }: Deployment): Workspace {
  const snapshot = local === null ? EMPTY_SNAPSHOT : seedLocalRun(local.demoSink)
  return { snapshot: async () => snapshot, snapshotSince: async () => snapshot }
}

function seedLocalRun(demoSink: string): Snapshot {
  return {
    version: 1,
    sources: [
      {
        id: LOCAL_SOURCE_ID,
        slug: 'website',
        name: 'Website',
        enabled: true,
        writeKeys: [LOCAL_WRITE_KEY],
        ipPolicy: 'keep',
        redirectHosts: ['www.example.com'],
      },
    ],
    destinations: [
      {
        id: LOCAL_DESTINATION_ID,
        sourceId: LOCAL_SOURCE_ID,
        name: 'Demo webhook',
        enabled: true,
        catalogKey: 'webhook',
        settings: {},
        subscriptions: [
          {
            id: 'local-webhook-send',
            name: 'Send everything',
            enabled: true,
            action: 'send',
            trigger:
              'type = "track" or type = "identify" or type = "page" or type = "screen" or type = "group" or type = "alias"',
            mapping: { url: demoSink, method: 'POST', data: { '@path': '$.' } },
          },
        ],
      },
    ],
  }
}
