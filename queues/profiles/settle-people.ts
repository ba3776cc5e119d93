import type { Left } from '../../durable-objects/identity/drive-pending.ts'
import { namesOf } from '../../durable-objects/identity/pending.ts'
import type { Pending } from '../../durable-objects/identity/protocol.ts'
import type { Outcome } from '../outcome.ts'
import { gatherNews, type Placed, type Told } from './gather-news.ts'
import { placePeople } from './place-people.ts'
import { type Said, toIdSet } from './read-event.ts'
import type { SettledIds } from './settled-ids.ts'
import type { Space } from './space.ts'
import { type TellingEnd, tellProfiles } from './tell-profiles.ts'

/** What settling needs beside the lines. */
export interface PeopleRun {
  readonly space: Space
  readonly memory: SettledIds
  readonly now: () => number
  readonly isTimeOver: () => boolean
}

/** How lines ended; a line that the time was over for is in none of it. */
export interface PeopleSettled {
  readonly outcomes: ReadonlyMap<number, Outcome>
  readonly errors: readonly unknown[]
  /** Traits, groups and categories that found no room in their profiles. */
  readonly overLimit: number
}

/** A round over some lines. */
interface Round extends PeopleSettled {
  readonly refused: ReadonlySet<number>
}

/** Finds out who the people of some lines are and tells their profiles; asks afresh, once, where a memory was old. */
export async function settlePeople(
  saids: ReadonlyMap<number, Said>,
  run: PeopleRun,
): Promise<PeopleSettled> {
  const first = await settleOnce(saids, run)
  if (first.refused.size === 0) return first
  const again = new Map([...saids].filter(([line]) => first.refused.has(line)))
  for (const said of again.values()) run.memory.forget(said.ids.map(({ key }) => key))
  const second = await settleOnce(again, run)
  const unheard = [...second.refused].map((line): [number, Outcome] => [
    line,
    unavailable('PROFILE_REFUSED'),
  ])
  return {
    outcomes: new Map([...first.outcomes, ...second.outcomes, ...unheard]),
    errors: [...first.errors, ...second.errors],
    overLimit: first.overLimit + second.overLimit,
  }
}

async function settleOnce(saids: ReadonlyMap<number, Said>, run: PeopleRun): Promise<Round> {
  const { space, memory, isTimeOver } = run
  const { resolve } = space
  const { placed, pending } = await placePeople(saids, { resolve, memory, nowMs: run.now() })
  const ends = await tellProfiles(gatherNews(placed), { apply: space.apply, isTimeOver })
  const left = pending.length === 0 ? [] : await space.drive(pending)
  const byLine = endsByLine(ends)
  const waiting = linesWaiting(placed, pending, left)
  const outcomes = new Map<number, Outcome>()
  const refused = new Set<number>()
  for (const each of placed) {
    const { line } = each
    const kinds = (byLine.get(line) ?? []).map(({ kind }) => kind)
    if (kinds.includes('refused')) refused.add(line)
    else if (kinds.includes('failed')) outcomes.set(line, unavailable('PROFILE_UNAVAILABLE'))
    else if (waiting.has(line)) outcomes.set(line, unavailable('MERGE_UNAVAILABLE'))
    else if (!kinds.includes('late')) outcomes.set(line, readEnd(each))
    if (!waiting.has(line)) learn(each, byLine.get(line) ?? [], run)
  }
  const told = [...ends.values()]
  return {
    outcomes,
    refused,
    errors: [
      ...told.flatMap((end) => (end.kind === 'failed' ? [end.error] : [])),
      ...left.map(({ error }) => error),
    ],
    overLimit: told.reduce((sum, end) => sum + (end.kind === 'told' ? end.overLimit : 0), 0),
  }
}

function readEnd({ said, resolution }: Placed): Outcome {
  if (resolution.refused !== null) return { kind: 'filtered', reason: resolution.refused }
  const isPlaced = resolution.profile !== null || said.account !== null
  return isPlaced ? { kind: 'delivered' } : { kind: 'filtered', reason: 'no_external_id' }
}

/** A set is remembered when all that it brings has been told where it belongs, and waits for nothing. */
function learn(
  { said, resolution, isTold }: Placed,
  ends: readonly TellingEnd[],
  { memory, now }: PeopleRun,
): void {
  if (ends.some((end) => end.kind === 'told' && end.hasMoved)) {
    memory.forget(said.ids.map(({ key }) => key))
  } else if (!isTold && ends.every(({ kind }) => kind === 'told')) {
    memory.remember(toIdSet(said), resolution, now())
  }
}

function endsByLine(ends: ReadonlyMap<Told, TellingEnd>): Map<number, TellingEnd[]> {
  const byLine = new Map<number, TellingEnd[]>()
  for (const [{ lines }, end] of ends) {
    for (const line of lines) byLine.set(line, [...(byLine.get(line) ?? []), end])
  }
  return byLine
}

/** The lines that keep what could not be driven alive: they are owed until it is. */
function linesWaiting(
  placed: readonly Placed[],
  pending: readonly Pending[],
  left: readonly Left[],
): ReadonlySet<number> {
  if (left.length === 0) return new Set()
  const names = new Set(left.flatMap((each) => namesOf(each.pending)))
  const asked = placed.filter(({ isTold, resolution }) => !isTold && resolution.profile !== null)
  const own = asked.filter(({ resolution }) => names.has(resolution.profile?.name ?? ''))
  const isKept = own.length > 0 && pending.length > 0
  return new Set((isKept ? own : asked).map(({ line }) => line))
}

const unavailable = (reason: string): Outcome => ({ kind: 'unavailable', reason })
