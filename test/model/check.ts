import { crc32, gunzipSync } from 'node:zlib'
import type { UserEvents, UserEventsFault } from '../../durable-objects/intake/find-user-events.ts'
import type { IntakeTotals } from '../../durable-objects/intake/intake.ts'
import type { Balance, Occurrence } from '../../durable-objects/intake/look-up.ts'
import { intakeName, sourceOf } from '../../durable-objects/workspace/intake-name.ts'
import { checkArchive } from './check-archive.ts'
import { checkBalance } from './check-balance.ts'
import { checkDestinations } from './check-destinations.ts'
import { checkUsers } from './check-users.ts'
import type { Clients } from './clients.ts'
import { INTAKES, type Platform } from './platform.ts'

/** A chunk of the archive as a reader finds it. */
export interface ArchivedChunk {
  readonly key: string
  readonly source: string
  readonly messageIds: readonly string[]
}

type FoundUserEvents = UserEvents | UserEventsFault

/** What is left of a schedule when all is well again. */
export interface Remains {
  readonly platform: Platform
  readonly clients: Clients
  /** In the order of their keys: by source, hour and number. */
  readonly chunks: readonly ArchivedChunk[]
  readonly totals: ReadonlyMap<string, IntakeTotals>
  readonly balance: (source: string) => Promise<Balance>
  readonly userEvents: (source: string, id: string) => Promise<FoundUserEvents>
  readonly receipts: (source: string, messageId: string) => Promise<Occurrence[]>
}

/** Everything that the product promised and did not keep. */
export async function findViolations(platform: Platform, clients: Clients): Promise<string[]> {
  const violations: string[] = []
  const chunks: ArchivedChunk[] = []
  for (const key of platform.bucket.keys('archive/')) {
    const read = readArchived(platform, key)
    violations.push(...read.violations)
    chunks.push(read.chunk)
  }
  const totals = new Map<string, IntakeTotals>()
  for (const intake of INTAKES) totals.set(sourceOf(intake), await ask(platform, intake, 'totals'))
  const receipts = (source: string, messageId: string) =>
    ask<Occurrence[]>(platform, intakeName(source), 'receipts', messageId)
  const userEvents = (source: string, id: string) =>
    ask<FoundUserEvents>(platform, intakeName(source), 'userEvents', [id], 0)
  const always = { startMs: 0, endMs: Number.MAX_SAFE_INTEGER }
  const balance = (source: string) => ask<Balance>(platform, intakeName(source), 'balance', always)
  const remains = { balance, platform, clients, chunks, totals, receipts, userEvents }
  return [
    ...violations,
    ...findLeftovers(platform),
    ...checkArchive(remains),
    ...checkDestinations(remains),
    ...(await checkBalance(remains)),
    ...(await checkUsers(remains)),
  ]
}

/** Some reads of R2, one after the other. */
const READING_MS = 2_000

/** Objects are asked on the world's clock, which has to go on for them. */
async function ask<T>(platform: Platform, intake: string, method: string, ...values: unknown[]) {
  const answer = platform.object(`intake ${intake}`).call(method, values)
  await platform.world.advance(method === 'userEvents' ? READING_MS : 1)
  return (await answer) as T
}

/** Lines, length and checksum of an object are what its plan said. */
function readArchived(platform: Platform, key: string) {
  const stored = platform.bucket.objects.get(key)
  const raw = gunzipSync(stored?.body ?? new Uint8Array())
  const lines = raw.toString().split('\n').slice(0, -1)
  const found = { lines: lines.length, rawBytes: raw.length, crc32: crc32(raw) }
  const violations = Object.entries(found)
    .filter(([name, value]) => stored?.metadata[name] !== String(value))
    .map(([name, value]) => `${key}: ${name} is ${value}, planned ${stored?.metadata[name]}`)
  const messageIds = lines.map((line): string => JSON.parse(line).messageId)
  return { violations, chunk: { key, source: key.split('/')[1] ?? '', messageIds } }
}

/** Nothing waits any more: no log row, no chunk on its way, no spooled group. */
function findLeftovers({ bucket, objects }: Platform): string[] {
  const spooled = bucket.keys('spool/').map((key) => `${key} was not swept`)
  const rows = INTAKES.flatMap((intake) => {
    const { storage } = objects.get(`intake ${intake}`) ?? {}
    if (storage === undefined) return []
    const log = storage.read('SELECT n FROM log').map(({ n }) => `log row ${n}`)
    const open = storage.read('SELECT seq FROM chunk WHERE state <> 3')
    return [...log, ...open.map(({ seq }) => `chunk ${seq}`)].map(
      (row) => `${intake}: ${row} waits`,
    )
  })
  return [...spooled, ...rows]
}
