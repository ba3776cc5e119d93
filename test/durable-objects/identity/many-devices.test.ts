import { reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it } from 'vitest'
import { seededRandom } from '../../../bench/seeded-random.ts'
import type { IdSet, Resolution } from '../../../durable-objects/identity/protocol.ts'
import { idSet } from '../../support/identity.ts'

afterEach(() => reset())

const USERS = 200
const DEVICES = 50
const CHUNK_EVENTS = 1_000
const identity = () => env.IDENTITY.getByName('space')

/** Each device of each user once, with the user and alone, in an order that a seed gives. */
function shuffled(seed: number): IdSet[] {
  const random = seededRandom(seed)
  const sets = Array.from({ length: USERS * DEVICES }, (_, n) => [
    idSet(`u${n % USERS} a${n}`),
    idSet(`a${n}`, { isMemorable: false }),
  ]).flat()
  const placed = sets.map((set) => ({ set, at: random() }))
  return placed.sort((a, b) => a.at - b.at).map(({ set }) => set)
}

/** Sends all in chunks, every third twice: its answer was lost. */
async function send(sets: readonly IdSet[]): Promise<Resolution[]> {
  const resolutions: Resolution[] = []
  for (let at = 0; at < sets.length; at += CHUNK_EVENTS) {
    const chunk = sets.slice(at, at + CHUNK_EVENTS)
    if (at % (3 * CHUNK_EVENTS) === 0) await identity().resolve(chunk)
    resolutions.push(...(await identity().resolve(chunk)).resolutions)
  }
  return resolutions
}

const profilesOf = (resolutions: readonly Resolution[]) =>
  new Set(resolutions.filter((each) => !each.profile?.isImplicit).map((each) => each.profile?.name))

describe(`${USERS} users with ${DEVICES} devices each, shuffled and repeated`, () => {
  it('are as many profiles where all devices are allowed', { timeout: 60_000 }, async () => {
    await identity().setPolicy({ types: [{ type: 'anonymous_id', limit: 60, priority: 3 }] })
    const sets = shuffled(1)
    await send(sets)
    expect(profilesOf(await send(sets)).size).toBe(USERS)
  })

  it('are as many profiles of five devices where five are', { timeout: 60_000 }, async () => {
    const sets = shuffled(2)
    const resolutions = await send(sets)
    expect(profilesOf(resolutions).size).toBe(USERS)
    expect(resolutions.every(({ profile }) => profile !== null)).toBe(true)
    const users = resolutions.filter(({ ids }) => ids[0]?.type === 'user_id')
    expect(users).toHaveLength(USERS * DEVICES)
    const held = users.filter(({ ids }) => ids.length === 2)
    expect(held).toHaveLength(USERS * 5)
  })
})
