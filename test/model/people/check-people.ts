import type { IdKey, ProfileName } from '../../../durable-objects/identity/external-id.ts'
import type { Found } from '../../../durable-objects/identity/protocol.ts'
import type { ProfileRead, ProfileView } from '../../../durable-objects/profile/news.ts'
import {
  EMPTY_PROFILE,
  heldIds,
  type ProfileState,
} from '../../../durable-objects/profile/profile-state.ts'
import { decodeState } from '../../../durable-objects/profile/state-row.ts'
import { nameOf, type PeoplePlatform } from './people-platform.ts'
import { keyOf, NAMES, type PeopleEvent, TRAITS } from './visitor.ts'

/** What was promised and not kept, when all is over. */
export async function checkPeople(
  platform: PeoplePlatform,
  events: readonly PeopleEvent[],
): Promise<string[]> {
  const people = await readPeople(platform)
  const violations: string[] = []
  for (const { name, ids, pending } of people.values()) {
    const keys = ids.map(({ key }) => key)
    const read = await platform.look<ProfileRead>(nameOf(name), 'read')
    if (pending.length > 0) violations.push(`${name} is to be told ${pending.map(({ n }) => n)}`)
    if (read.state === 'moved') violations.push(`${name} with ${keys} is moved to ${read.to}`)
    else
      violations.push(
        ...checkTraits(
          { name, traits: read.state === 'found' ? read.view.traits : {} },
          keys,
          events,
        ),
      )
    const foreign = heldBy(platform, name).filter((key) => !keys.includes(key))
    if (foreign.length > 0) violations.push(`${name} holds ${foreign}, which are not its own`)
  }
  for (const fullName of platform.objects.keys()) {
    violations.push(...(await checkRest(platform, fullName, people)))
  }
  return violations
}

/** Ids that Identity gave to a profile and nobody told it of. */
export async function findUntold(platform: PeoplePlatform): Promise<string[]> {
  const people = [...(await readPeople(platform)).values()]
  return people.flatMap(({ name, ids }) => {
    const held = heldBy(platform, name)
    return ids.flatMap(({ key }) => (held.includes(key) ? [] : [`${name} was not told of ${key}`]))
  })
}

/** Identity's profiles by name. */
async function readPeople(platform: PeoplePlatform): Promise<Map<ProfileName, Found>> {
  const people = new Map<ProfileName, Found>()
  for (const name of NAMES) {
    const found = await platform.look<Found | null>('identity', 'find', keyOf(name))
    if (found !== null) people.set(found.name, found)
  }
  return people
}

function checkTraits(
  { name, traits }: Pick<ProfileView, 'name' | 'traits'>,
  keys: readonly IdKey[],
  events: readonly PeopleEvent[],
): string[] {
  return TRAITS.flatMap((trait) => {
    const value = traits[trait]?.value ?? null
    const newest = newestOver(events, keys, trait)
    return value === newest ? [] : [`${name} shows ${trait} ${value} and not ${newest}`]
  })
}

/** The slow, obvious way: all that was written over some ids, sorted. */
function newestOver(
  events: readonly PeopleEvent[],
  keys: readonly string[],
  name: string,
): string | null {
  const written = events
    .filter(({ by, traits }) => keys.includes(by) && traits[name] !== undefined)
    .sort((a, b) => a.set.atMs - b.set.atMs || (a.set.messageId < b.set.messageId ? -1 : 1))
  return written.at(-1)?.traits[name] ?? null
}

/** A profile that Identity does not know holds nothing and leads to an end; no outbox holds anything. */
async function checkRest(
  platform: PeoplePlatform,
  fullName: string,
  people: ReadonlyMap<ProfileName, Found>,
): Promise<string[]> {
  const name = fullName.slice('space:'.length)
  if (fullName === 'identity') return []
  const violations: string[] = []
  const { outbox } = stateOf(platform, fullName)
  if (outbox.length > 0) violations.push(`${name} has ${outbox.length} parcels`)
  if (!people.has(name)) {
    const read = await platform.look<ProfileRead>(fullName, 'read')
    if (read.state === 'found')
      violations.push(`${name} holds ${read.view.ids.map((id) => id.key)}`)
  }
  if (await isCircle(platform, name)) violations.push(`${name} leads nowhere`)
  return violations
}

async function isCircle(platform: PeoplePlatform, name: ProfileName): Promise<boolean> {
  const seen = new Set<ProfileName>()
  for (let at = name; ; ) {
    if (seen.has(at)) return true
    seen.add(at)
    const read = await platform.look<ProfileRead>(nameOf(at), 'read')
    if (read.state !== 'moved') return false
    at = read.to
  }
}

const heldBy = (platform: PeoplePlatform, name: ProfileName): IdKey[] =>
  heldIds(stateOf(platform, nameOf(name))).map(([key]) => key)

/** What a profile has on its disk. */
function stateOf(platform: PeoplePlatform, fullName: string): ProfileState {
  const { storage } = platform.object(fullName)
  if (storage.read('SELECT name FROM sqlite_master').length === 0) return EMPTY_PROFILE
  const [row] = storage.read('SELECT body FROM state')
  return decodeState(Buffer.from(row?.body as Uint8Array).toString()) // a blob
}
