import {
  type Collection,
  type ExternalId,
  nameProfile,
  type ProfileName,
} from '../../durable-objects/identity/external-id.ts'
import { makeKey } from '../../durable-objects/identity/make-key.ts'
import { DEFAULT_POLICY } from '../../durable-objects/identity/policy.ts'
import type { NewsGroup, ProfileRead, ProfileView } from '../../durable-objects/profile/news.ts'
import type { Json } from '../../durable-objects/workspace/snapshot.ts'

const SECRET = '5e'.repeat(32)
const AT_MS = Date.parse('2046-11-20T08:00:00Z')

/** What a test says of a profile. */
interface Known {
  readonly ids: readonly ExternalId[]
  readonly traits?: { readonly [name: string]: Json }
  readonly groups?: readonly NewsGroup[]
  readonly collection?: Collection
}

/** Identity and Profile with what a test puts into them, in place of the objects. */
export class StandInSpace {
  readonly reads = new Map<ProfileName, ProfileRead>()
  readonly #names = new Map<string, ProfileName>()

  /** Bindings for requests. */
  readonly bindings = {
    // Only what request code calls: the real ones are tested by themselves.
    IDENTITY: { getByName: () => this.#identity() } as unknown as Env['IDENTITY'],
    PROFILE: {
      getByName: (name: string) => ({
        read: async () => this.reads.get(name.replace(/^default:/, '')) ?? { state: 'unknown' },
      }),
    } as unknown as Env['PROFILE'],
  }

  /** Stores a profile and answers its name, which its first id gives. */
  put({ ids, traits = {}, groups = [], collection = 'users' }: Known): ProfileName {
    const [first = { type: '', value: '' }] = ids
    const name = nameProfile(this.key(first, collection), collection)
    for (const id of ids) this.#names.set(this.key(id, collection), name)
    const stamp = { atMs: AT_MS, messageId: 'm1', source: 'shop' }
    const view: ProfileView = {
      name,
      collection,
      version: 1,
      ids: ids.map((id, n) => ({
        ...id,
        ...stamp,
        atMs: AT_MS + n,
        messageId: `m${n + 1}`,
        key: this.key(id, collection),
        link: n + 1,
        collection,
      })),
      traits: Object.fromEntries(
        Object.entries(traits).map(([trait, value]) => [
          trait,
          { value, sourceId: 'shop', updatedAtMs: AT_MS },
        ]),
      ),
      groups,
      consent: null,
      createdAtMs: AT_MS,
      updatedAtMs: AT_MS + 1_000,
    }
    this.reads.set(name, { state: 'found', view })
    return name
  }

  /** Makes a profile part of another, with its ids. */
  move(loser: ProfileName, winner: ProfileName): void {
    this.reads.set(loser, { state: 'moved', to: winner })
    for (const [key, name] of this.#names) if (name === loser) this.#names.set(key, winner)
  }

  key(id: ExternalId, collection: Collection = 'users'): string {
    return makeKey(SECRET, collection, id)
  }

  #identity() {
    return {
      space: async () => ({ secret: SECRET, policy: DEFAULT_POLICY }),
      find: async (key: string) => {
        const name = this.#names.get(key)
        return name === undefined ? null : { name, ids: [], pending: [] }
      },
    }
  }
}
