import { Identity } from '../../durable-objects/identity/identity.ts'
import type { IdSet } from '../../durable-objects/identity/protocol.ts'
import { EVENTS_PER_CALL, type IdentityOrder, type TimedCall } from '../identity-order.ts'
import { type Random, seededRandom } from '../seeded-random.ts'
import { patchMethods, patchOnce } from './patch.ts'

/** As many as there are with 1,000 ids known: or larger sizes would have more to do. */
const PEOPLE_PER_CALL = 333
const START_MS = Date.parse('2026-11-25T12:00:00Z')
/** How many events of a call bring something new; the others are of people who are known. */
const SHARES = { visitor: 0.2, newUser: 0.08, newDevice: 0.02 } as const

/** Of all objects since it was asked last: they share a storage class, and are called in turn. */
let rowsWritten = 0

/** Identity, with the rows that it writes counted. */
export class CountedIdentity extends Identity {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    patchOnce(ctx.storage.sql, (prototype) =>
      patchMethods(prototype, ['exec'], (real, _, args) => {
        const cursor = real(...args) as SqlStorageCursor<Record<string, SqlStorageValue>>
        rowsWritten += cursor.rowsWritten
        return cursor
      }),
    )
  }

  /** Rows written since it was asked last, and how large the tables are. */
  written(): { rowsWritten: number; bytes: number } {
    const written = rowsWritten
    rowsWritten = 0
    return { rowsWritten: written, bytes: this.ctx.storage.sql.databaseSize }
  }
}

interface DriverEnv {
  readonly IDENTITY: DurableObjectNamespace<CountedIdentity>
}

export default {
  async fetch(request: Request, { IDENTITY }: DriverEnv): Promise<Response> {
    const order = await request.json<IdentityOrder>()
    const stub = IDENTITY.getByName(order.object)
    if (order.kind === 'fill') {
      const [from, to] = order.users
      const users = Array.from({ length: to - from }, (_, at) => from + at)
      await stub.resolve(users.map((user) => setOf(idsOfUser(user), true)))
      return Response.json({})
    }
    const sets = makeCall(order.users, order.seed)
    // The clock of workerd goes on when something was waited for: this makes it start now.
    await stub.written()
    const startMs = Date.now()
    await stub.resolve(sets)
    const ms = Date.now() - startMs
    return Response.json({ ms, ...(await stub.written()) } satisfies TimedCall)
  },
}

/** 1,000 events: mostly of known people, some of visitors, new users and known users' new devices. */
function makeCall(users: number, seed: number): IdSet[] {
  const random = seededRandom(seed)
  const people = Array.from({ length: PEOPLE_PER_CALL }, () => Math.floor(random() * users))
  return Array.from({ length: EVENTS_PER_CALL }, () => {
    const kind = random()
    if (kind < SHARES.visitor) return setOf([anonymous(key(random))], false)
    if (kind < SHARES.visitor + SHARES.newUser) return setOf(newUser(random), true)
    const known = idsOfUser(people[Math.floor(random() * PEOPLE_PER_CALL)] ?? 0)
    const isNewDevice = kind < SHARES.visitor + SHARES.newUser + SHARES.newDevice
    const [user, email, device] = known
    if (user === undefined || email === undefined || device === undefined) return setOf([], false)
    return setOf([user, isNewDevice ? anonymous(key(random)) : device], false)
  })
}

const setOf = (ids: IdSet['ids'], isMemorable: boolean): IdSet => ({
  ids,
  isMemorable,
  isPublic: true,
  previous: null,
  source: 'website',
  messageId: `ajs-next-${crypto.randomUUID()}`,
  atMs: START_MS,
})

const anonymous = (id: string) => ({ type: 'anonymous_id', key: id })

const newUser = (random: Random) => [
  { type: 'user_id', key: key(random) },
  { type: 'email', key: key(random) },
  anonymous(key(random)),
]

/** Keys as an HMAC makes them, the same each time: spread over the whole table. */
const idsOfUser = (user: number) => newUser(seededRandom(Math.imul(user + 1, 0x9e37_79b1)))

function key(random: Random): string {
  const word = () => Math.floor(random() * 2 ** 32)
  return [word(), word(), word(), word()].map((each) => each.toString(16).padStart(8, '0')).join('')
}
