import { decodeChunk } from '../../durable-objects/intake/chunk.ts'
import { intakeName } from '../../durable-objects/workspace/intake-name.ts'
import { recipientsOf } from '../../durable-objects/workspace/snapshot.ts'
import type { Remains } from './check.ts'
import { type Platform, SHOP } from './platform.ts'

/** Each chunk of the archive is owed to the destinations of one snapshot: to those of its row, once. */
export function checkDestinations({ platform, chunks }: Remains): string[] {
  const registered = readSlices(platform)
  const rows = readRows(platform)
  const possible = new Set(
    platform.snapshots.map(({ snapshot }) => join(recipientsOf(snapshot, SHOP))),
  )
  const violations: string[] = []
  const keys = new Map(chunks.map(({ key, messageIds }) => [key, messageIds.length]))
  for (const { key, lines, destination } of registered) {
    if (keys.get(key) !== lines) violations.push(`${destination} is owed ${lines} lines of ${key}`)
  }
  for (const { key } of chunks.filter(({ source }) => source === SHOP)) {
    const owed = join(registered.filter((each) => each.key === key).map((each) => each.destination))
    const fixed = rows.get(key)
    if (!possible.has(owed)) violations.push(`${key} is owed to ${owed}: no snapshot says so`)
    if (fixed !== undefined && fixed !== owed) {
      violations.push(`${key} is owed to ${owed}, its row says ${fixed}`)
    }
  }
  return violations
}

const join = (destinations: readonly string[]) => [...destinations].sort().join(' ')

function readSlices({ objects }: Platform) {
  const ledgers = [...objects].filter(([name]) => name.startsWith('destination '))
  return ledgers.flatMap(([name, { storage }]) =>
    storage.read('SELECT body FROM slice').map(({ body }) => {
      const { key, lines } = JSON.parse(String(body))
      return { destination: name.replace('destination ', ''), key: String(key), lines }
    }),
  )
}

/** The destinations of the chunk rows that are kept still, by key. */
function readRows({ objects }: Platform): Map<string, string> {
  const { storage } = objects.get(`intake ${intakeName(SHOP)}`) ?? {}
  const rows = storage?.read('SELECT seq, state, body FROM chunk') ?? []
  const chunks = rows.map(({ seq, state, body }) =>
    decodeChunk({ seq: Number(seq), state: Number(state), body: body as Uint8Array }),
  )
  return new Map(chunks.map(({ key, destinations }) => [key, join(destinations ?? ['nobody yet'])]))
}
