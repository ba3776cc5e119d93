import type {
  IdSet,
  Pending,
  Resolution,
  Resolved,
} from '../../durable-objects/identity/protocol.ts'
import type { Placed } from './gather-news.ts'
import { type Said, toIdSet } from './read-event.ts'
import type { SettledIds } from './settled-ids.ts'

/** What placing needs. */
export interface Placing {
  readonly resolve: (sets: readonly IdSet[]) => Promise<Resolved>
  readonly memory: SettledIds
  readonly nowMs: number
}

/** Where the people of some lines belong, and what profiles still have to be told of each other. */
export interface Places {
  readonly placed: readonly Placed[]
  readonly pending: readonly Pending[]
}

const NOWHERE: Resolution = { profile: null, ids: [], demoted: [], refused: null }

/** Asks Identity, once for all lines, what the memory does not know; sets that are alike are asked once. */
export async function placePeople(
  saids: ReadonlyMap<number, Said>,
  { resolve, memory, nowMs }: Placing,
): Promise<Places> {
  const asked = new Map<string, { readonly set: IdSet; readonly at: number }>()
  const lines = [...saids].map(([line, said]) => {
    const set = toIdSet(said)
    const known = set.ids.length === 0 ? NOWHERE : memory.recall(set, nowMs)
    if (known !== null) return { line, said, known, at: -1 }
    const signature = sign(set)
    const at = asked.get(signature)?.at ?? asked.size
    asked.set(signature, { set: asked.get(signature)?.set ?? set, at })
    return { line, said, known: null, at }
  })
  const sets = [...asked.values()].map(({ set }) => set)
  const { resolutions, pending } = sets.length === 0 ? NOTHING : await resolve(sets)
  const placed = lines.map(({ line, said, known, at }) => {
    const resolution = known ?? resolutions[at]
    if (resolution === undefined) throw new Error(`Identity answered ${resolutions.length} sets`)
    return { line, said, resolution, isTold: known !== null }
  })
  return { placed, pending }
}

const NOTHING: Resolved = { resolutions: [], pending: [] }

/** Sets that say the same of who somebody is, whoever says it and when. */
function sign({ ids, isMemorable, isPublic, previous }: IdSet): string {
  const keys = ids.map(({ key }) => key)
  return JSON.stringify([keys, isMemorable, isPublic, previous])
}
