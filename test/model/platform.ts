import type { Destination } from '../../durable-objects/destination/destination.ts'
import type { Intake } from '../../durable-objects/intake/intake.ts'
import { intakeName } from '../../durable-objects/workspace/intake-name.ts'
import {
  type DestinationConfig,
  type Snapshot,
  UNVERIFIED,
  type Workspace,
} from '../../durable-objects/workspace/snapshot.ts'
import type { Append } from '../../worker/accept/write-group.ts'
import { source } from '../support/workspace.ts'
import { type Reach, SimBucket } from './sim-bucket.ts'
import { type Life, SimObject } from './sim-object.ts'
import type { World } from './world.ts'

/** The product's own code, as it is or with a fault planted. */
export interface Product {
  readonly Intake: typeof Intake
  readonly Destination: typeof Destination
  readonly writeGroup: (env: Env, group: Append) => Promise<'durable' | 'unavailable'>
  readonly sweepSpools: (env: Env) => Promise<void>
  /** What an object that starts now shall read as its workspace. */
  readonly setWorkspace: (workspace: Workspace) => void
}

export const SHOP = 'shop'
/** A source that is created in the middle of a schedule. */
export const LATE = 'late'
export const INTAKES = [SHOP, LATE, UNVERIFIED].map(intakeName)
/** The key of nobody, ever. */
export const NOBODYS_KEY = 'nobodys-write-key-00000000000000'
export const LATE_KEY = 'late-write-key-00000000000000000'

export const SEAL_MS = 5_000
const VARIABLES = { SEAL_SECONDS: SEAL_MS / 1_000, LEASE_SECONDS: 90, WAKE_SECONDS: 86_400 }
/** How old a snapshot may be that was not asked to be newer than something. */
const SNAPSHOT_AGE_MS = 10_000

/** A deployment: objects, bucket and workspace of one world. */
export class Platform {
  readonly world: World
  readonly bucket: SimBucket
  readonly objects = new Map<string, SimObject>()
  /** Every snapshot there was, the newest last. */
  readonly snapshots: { readonly atMs: number; readonly snapshot: Snapshot }[] = []
  readonly product: Product

  constructor(world: World, product: Product) {
    this.world = world
    this.product = product
    this.bucket = new SimBucket(world)
    this.edit([SHOP], ['d1', 'd2'])
  }

  /** The bindings of a request, or of the cron. */
  env(reach: Reach = (kind, what, land) => this.world.call(kind, what, land)): Env {
    const bind = (type: string) => ({
      getByName: (name: string) => this.#stub(`${type} ${name}`, reach),
    })
    const env = {
      ...VARIABLES,
      ARCHIVE: this.bucket.bind(reach),
      INTAKE: bind('intake'),
      DESTINATION: bind('destination'),
      DELIVERIES: { sendBatch: async () => {} },
      PROFILES: { sendBatch: async () => {} },
    }
    return env as unknown as Env // all that the product uses
  }

  /** Changes who exists: `destinations` are the shop's. */
  edit(sources: readonly string[], destinations: readonly string[]): void {
    const snapshot: Snapshot = {
      version: this.snapshots.length + 1,
      sources: sources.map((id) =>
        source({ id, writeKeys: [`${id}-write-key-00000000000000000`] }),
      ),
      destinations: destinations.map((id) => destinationOf(id, SHOP)),
    }
    this.snapshots.push({ atMs: this.world.nowMs, snapshot })
  }

  get snapshot(): Snapshot {
    return this.snapshotAt(this.world.nowMs)
  }

  snapshotAt(atMs: number): Snapshot {
    const found = this.snapshots.findLast((each) => each.atMs <= atMs) ?? this.snapshots[0]
    if (found === undefined) throw new Error('there is always a snapshot')
    return found.snapshot
  }

  object(name: string): SimObject {
    const object = this.objects.get(name) ?? this.#create(name)
    this.objects.set(name, object)
    return object
  }

  close(): void {
    for (const { storage } of this.objects.values()) storage.close()
  }

  #create(fullName: string): SimObject {
    const [type] = fullName.split(' ')
    const name = fullName.slice(fullName.indexOf(' ') + 1)
    return new SimObject(this.world, name, (ctx, life) => {
      this.product.setWorkspace(this.#workspace(life))
      const Class = type === 'intake' ? this.product.Intake : this.product.Destination
      return new Class(ctx, this.env(this.#reachOf(life)))
    })
  }

  /** Calls of an object: it may be killed while they are under way, before or after they land. */
  #reachOf(life: Life): Reach {
    return (kind, what, land) => {
      if (this.world.chance(this.world.weather.kill)) {
        const afterMs = this.world.between(0, 40)
        this.world.at(this.world.nowMs + afterMs, () => life.kill(`killed during ${what}`))
      }
      return life.hears(() => this.world.call(kind, what, land))
    }
  }

  #stub(name: string, reach: Reach): object {
    const call =
      (method: string) =>
      (...values: unknown[]) => {
        const kind = method === 'owe' ? 'owe' : 'append'
        return reach(kind, `${method} of ${name}`, () => this.object(name).call(method, values))
      }
    const waitingSinceMs = call('waitingSinceMs')
    return { append: call('append'), owe: call('owe'), sweep: call('sweep'), waitingSinceMs }
  }

  #workspace(life: Life): Workspace {
    const ask = (read: () => Snapshot) =>
      life.hears(async () => {
        await this.world.sleep(this.world.between(0, 20))
        if (this.world.chance(this.world.weather.snapshot)) throw new Error('no snapshot')
        return read()
      })
    const late = () => this.world.nowMs - this.world.between(0, SNAPSHOT_AGE_MS)
    return {
      snapshot: () => ask(() => this.snapshotAt(late())),
      snapshotSince: (timeMs) => ask(() => this.snapshotAt(Math.max(timeMs, late()))),
    }
  }
}

function destinationOf(id: string, sourceId: string): DestinationConfig {
  const kept = { catalogKey: 'webhook', settings: {}, subscriptions: [] }
  return { id, sourceId, name: id, enabled: true, ...kept }
}
