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
    consumer: readConsumer(config),
    // The driver rings crons and is the broker; a `.dev.vars` of this machine is none of its business.
    options: { ...options, bindings: config.vars, queueConsumers: {}, cronTriggers: [] },
  }
}

function readConsumer({ queues: { producers = [], consumers = [] } }: Unstable_Config): Consumer {
  const [consumer, ...others] = consumers
  if (consumer === undefined || others.length > 0 || producers.length !== 1) {
    throw new Error('bench: the driver plays one queue with one consumer; wrangler.toml has others')
  }
  const { queue, max_batch_size, max_batch_timeout } = consumer
  if (max_batch_size === undefined || max_batch_timeout === undefined) {
    throw new Error(`bench: wrangler.toml gives the queue ${queue} no batch size or time-out`)
  }
  return { queue, maxBatchSize: max_batch_size, batchTimeoutMs: max_batch_timeout * 1_000 }
}
