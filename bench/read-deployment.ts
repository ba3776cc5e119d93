import { join } from 'node:path'
import {
  type Unstable_Config,
  unstable_getMiniflareWorkerOptions,
  unstable_readConfig,
} from 'wrangler'
import type { Consumer } from './order.ts'

const CONFIG = join(import.meta.dirname, '../wrangler.toml')

/** A class of objects and the binding of its namespace. */
export interface ObjectBinding {
  readonly name: string
  readonly className: string
}

/** What wrangler.toml says of a deployment: all its bindings and variables, none of them named here. */
export function readDeployment() {
  const config = unstable_readConfig({ config: CONFIG })
  const { workerOptions } = unstable_getMiniflareWorkerOptions(CONFIG)
  const objects: ObjectBinding[] = []
  for (const { name, class_name } of config.durable_objects.bindings) {
    objects.push({ name, className: class_name })
  }
  const { modulesRules: _, assets: __, ...options } = workerOptions
  return {
    objects,
    consumers: readConsumers(config),
    compatibility: {
      compatibilityDate: config.compatibility_date ?? '',
      compatibilityFlags: config.compatibility_flags,
    },
    // The driver rings crons and is the broker; a `.dev.vars` of this machine is none of its business.
    options: {
      ...options,
      bindings: config.vars,
      durableObjects: keepAll(objects),
      queueConsumers: {},
      cronTriggers: [],
    },
  }
}

/** An object that the runtime lets go starts again by the machine's time: no count may hang on that. */
function keepAll(objects: readonly ObjectBinding[]) {
  const kept = objects.map(({ name, className }) => {
    return [name, { className, useSQLite: true, unsafePreventEviction: true }] as const
  })
  return Object.fromEntries(kept)
}

function readConsumers({
  queues: { producers = [], consumers = [] },
}: Unstable_Config): Consumer[] {
  return consumers.map(({ queue, max_batch_size, max_batch_timeout }) => {
    const [producer, ...others] = producers.filter((each) => each.queue === queue)
    if (producer === undefined || others.length > 0) {
      throw new Error(`bench: wrangler.toml binds the queue ${queue} not once`)
    }
    if (max_batch_size === undefined || max_batch_timeout === undefined) {
      throw new Error(`bench: wrangler.toml gives the queue ${queue} no batch size or time-out`)
    }
    const batchTimeoutMs = max_batch_timeout * 1_000
    return { queue, binding: producer.binding, maxBatchSize: max_batch_size, batchTimeoutMs }
  })
}
