import {
  type Collection,
  type ExternalId,
  type IdKey,
  nameProfile,
  type ProfileName,
} from '../../durable-objects/identity/external-id.ts'
import { makeKey } from '../../durable-objects/identity/make-key.ts'
import type { ProfileView } from '../../durable-objects/profile/news.ts'
import { openProfile } from '../../durable-objects/profile/open-profile.ts'
import { intakeName } from '../../durable-objects/workspace/intake-name.ts'
import { lowerCased, type ProfileId } from './profile-id.ts'
import { indexText } from './read-events.ts'
import { openIdentity } from './space-objects.ts'

/** A profile has at most 100 merges: whoever is sent on more often goes in a circle. */
const MAX_MOVES = 100

/** A person's profile, and the key that it was asked for by. */
export interface KnownProfile {
  readonly name: ProfileName
  readonly key: IdKey
}

/** Where a profile is looked for. */
export interface ProfileSearch {
  readonly collection: Collection
  /** The sources of the space. */
  readonly sources: readonly string[]
}

/** What is known of whom a caller names; null if that is nobody. */
export async function findProfile(
  env: Env,
  id: ProfileId,
  search: ProfileSearch,
): Promise<ProfileView | null> {
  const name = await findName(env, id, search)
  return name === null ? null : readProfile(env, name)
}

/** A person by an id exactly as sent; null if it is nobody's. */
export async function findKnown(env: Env, id: ProfileId): Promise<KnownProfile | null> {
  const key = id.kind === 'name' ? id.key : await readKey(env, id.id, 'users')
  const name = await nameOf(env, key, 'users')
  return name === null ? null : { name, key }
}

/** The name that a profile has now. */
async function findName(
  env: Env,
  id: ProfileId,
  search: ProfileSearch,
): Promise<ProfileName | null> {
  if (id.kind === 'name') return nameOf(env, id.key, search.collection)
  const name = await nameOf(env, await readKey(env, id.id, search.collection), search.collection)
  if (name !== null || search.collection === 'accounts') return name
  const lower = lowerCased(id.id)
  if (lower === null || (await isSomebodys(env, id.id, search.sources))) return null
  return nameOf(env, await readKey(env, lower, search.collection), search.collection)
}

/** The key of an id in the space. */
async function readKey(env: Env, id: ExternalId, collection: Collection): Promise<IdKey> {
  const { secret } = await openIdentity(env).space()
  return makeKey(secret, collection, id)
}

/** Accounts never merge: the key of an account's id is its name. */
async function nameOf(env: Env, key: IdKey, collection: Collection): Promise<ProfileName | null> {
  if (collection === 'accounts') return nameProfile(key, 'accounts')
  return (await openIdentity(env).find(key))?.name ?? null
}

/** What is known of a profile, wherever it went; null if nothing is. */
export async function readProfile(env: Env, name: ProfileName): Promise<ProfileView | null> {
  let at = name
  for (let moves = 0; moves <= MAX_MOVES; moves += 1) {
    const read = await openProfile(env, at).read()
    if (read.state === 'found') return read.view
    if (read.state === 'unknown') return null
    at = read.to
  }
  throw new Error(`profile ${name} moved more than ${MAX_MOVES} times`)
}

/** Whether any event ever had an id, exactly so: then it is a person's of whom nothing is stored. In doubt it is. */
async function isSomebodys(
  env: Env,
  { type, value }: ExternalId,
  sources: readonly string[],
): Promise<boolean> {
  const text = indexText(type, value)
  if (text === null) return true
  const found = await Promise.all(
    sources.map((source) => env.INTAKE.getByName(intakeName(source)).userEvents([text], 0)),
  )
  return found.some((each) => each.state !== 'found' || each.keys.length + each.lines.length > 0)
}
