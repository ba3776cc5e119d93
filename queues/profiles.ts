import type { Settlement } from '../durable-objects/destination/ledger.ts'
import { makeKey } from '../durable-objects/identity/make-key.ts'
import type { SpaceFacts } from '../durable-objects/identity/policy.ts'
import { proveUser } from '../durable-objects/identity/prove-user.ts'
import { readChunk } from '../durable-objects/intake/read-chunk.ts'
import { reportFailure } from '../durable-objects/report.ts'
import { within } from '../durable-objects/within.ts'
import type { Source, Workspace } from '../durable-objects/workspace/snapshot.ts'
import { snapshotWithin } from '../durable-objects/workspace/snapshot-within.ts'
import type { Outcome } from './outcome.ts'
import type { Pointer } from './pointer.ts'
import { idRules } from './profiles/id-rules.ts'
import { type ReadContext, readEvent, type Said } from './profiles/read-event.ts'
import { type PeopleSettled, settlePeople } from './profiles/settle-people.ts'
import type { SettledIds } from './profiles/settled-ids.ts'
import type { Space } from './profiles/space.ts'
import { reportRun } from './report-run.ts'
import { runSlices, type SliceRun } from './run-slices.ts'
import { toSettlement } from './settlement.ts'

const CHUNK_LIMIT_MS = 10_000

/** What the consumer needs of the deployment. */
export interface ProfilesPorts {
  readonly env: Env
  readonly workspace: Workspace
  readonly space: Space
  readonly memory: SettledIds
}

/** Consumes pointers of `profiles`. Never throws; each message gets its own end. */
export function resolvePeople(batch: MessageBatch<unknown>, ports: ProfilesPorts): Promise<void> {
  return runSlices(batch, ports.env, (pointer, run) => resolveChunk(pointer, run, ports))
}

/** Reads the owed lines of a chunk, settles who their people are, and says how each line ended. */
async function resolveChunk(
  pointer: Pointer,
  { owed, isTimeOver }: SliceRun,
  ports: ProfilesPorts,
): Promise<Settlement> {
  const { destination, key } = pointer
  const numbers = owed ?? Array.from({ length: pointer.lines }, (_, line) => line)
  const source = await findSource(pointer, ports.workspace)
  if (source === null) {
    return toSettlement(endAll(numbers, { kind: 'filtered', reason: 'unknown_source' }))
  }
  const context = makeContext(source, await ports.space.facts())
  const lines = await within(CHUNK_LIMIT_MS, key, readChunk(ports.env.ARCHIVE, key))
  if (lines === null) {
    return toSettlement(endAll(numbers, { kind: 'refused', reason: 'ARCHIVE_MISSING' }))
  }
  const outcomes = new Map<number, Outcome>()
  const saids = readLines(numbers, { lines, context, outcomes })
  const { space, memory } = ports
  const settled = await settlePeople(saids, { space, memory, now: Date.now, isTimeOver }).catch(
    (error: unknown) => giveUp(saids.keys(), error),
  )
  for (const [line, outcome] of settled.outcomes) outcomes.set(line, outcome)
  reportIgnored(pointer, saids, settled)
  const errors = settled.errors.map((error) => (error instanceof Error ? error.name : typeof error))
  reportRun({ destination, key, outcomes: outcomes.values(), errors })
  return toSettlement(outcomes)
}

interface Reading {
  readonly lines: readonly string[]
  readonly context: ReadContext
  readonly outcomes: Map<number, Outcome>
}

/** What the owed lines say; those that say nothing have their end at once, and stop no other. */
function readLines(
  numbers: readonly number[],
  { lines, context, outcomes }: Reading,
): Map<number, Said> {
  const saids = new Map<number, Said>()
  for (const number of numbers) {
    const line = lines[number]
    if (line === undefined) {
      outcomes.set(number, { kind: 'refused', reason: 'ARCHIVE_MISSING' })
      continue
    }
    const read = readEvent(line, context)
    if (read.kind === 'said') saids.set(number, read.said)
    else if (read.kind === 'unusable')
      outcomes.set(number, { kind: 'filtered', reason: read.reason })
    else outcomes.set(number, { kind: 'refused', reason: 'UNREADABLE_EVENT' })
  }
  return saids
}

/** A source that is not in an older snapshot may be new; one that is in none is gone. */
async function findSource({ intake }: Pointer, workspace: Workspace): Promise<Source | null> {
  const id = intake.split('.').slice(0, -3).join('.') // {source}.{region}.{shard}.{epoch}
  for (const read of [workspace.snapshot, () => workspace.snapshotSince(Date.now())]) {
    const { sources } = await snapshotWithin(read())
    const source = sources.find((each) => each.id === id)
    if (source !== undefined) return source
  }
  return null
}

function makeContext(
  { id, hasSecretKeys = false, userHashSecret = null }: Source,
  { secret, policy }: SpaceFacts,
): ReadContext {
  return {
    source: id,
    hasSecretKeys,
    rules: idRules(policy),
    keyOf: (collection, externalId) => makeKey(secret, collection, externalId),
    isProven: (userId, userHash) =>
      userHashSecret === null || proveUser(userHashSecret, userId, userHash),
  }
}

function giveUp(lines: Iterable<number>, error: unknown): PeopleSettled {
  const outcomes = endAll([...lines], { kind: 'unavailable', reason: 'IDENTITY_UNAVAILABLE' })
  return { outcomes, errors: [error], overLimit: 0 }
}

const endAll = (lines: readonly number[], outcome: Outcome): Map<number, Outcome> =>
  new Map(lines.map((line) => [line, outcome]))

/** One line for a chunk with something that counts for nothing; never a value. */
function reportIgnored(
  { destination, key }: Pointer,
  saids: ReadonlyMap<number, Said>,
  { overLimit }: PeopleSettled,
): void {
  const malformed = [...saids.values()].reduce((sum, said) => sum + said.malformed, 0)
  if (malformed + overLimit === 0) return
  const message = `${malformed} ids cannot be read, ${overLimit} traits found no room`
  reportFailure('PROFILES_IGNORED', { destination, key, malformed, overLimit }, message)
}
