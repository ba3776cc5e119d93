import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Where the catalogue keeps a folder for each destination. */
export const CATALOG = '@segment/action-destinations/dist/destinations'

/** Destinations that cannot run in a Worker, by their folder in the catalogue. */
export const EXCLUDED: Readonly<Record<string, string>> = {
  kafka: 'speaks to brokers over sockets; its client kafkajs is installed as an empty package',
  'liveramp-audiences':
    'uploads by SFTP; its client ssh2-sftp-client has a native module and is installed as an empty package',
  sftp: 'uploads by SFTP; its client ssh2-sftp-client has a native module and is installed as an empty package',
}

/** The destinations to bundle: every folder with a definition, but for the excluded ones. */
export function listDestinations(root: string): string[] {
  const folder = join(root, 'node_modules', CATALOG)
  const hasDefinition = (key: string) => existsSync(join(folder, key, 'index.js'))
  return readdirSync(folder)
    .filter((key) => hasDefinition(key) && !(key in EXCLUDED))
    .sort()
}
