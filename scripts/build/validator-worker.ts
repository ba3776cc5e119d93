// A thread that compiles the validators of one destination after the other.
import { parentPort, workerData } from 'node:worker_threads'
import { compileValidators, type KeyedSchema, readSchemas } from './validators.ts'

/** What a thread makes of a destination. */
export type Compiled =
  | { readonly key: string; readonly schemas: readonly KeyedSchema[]; readonly source: string }
  | { readonly key: string; readonly error: string }

const { root } = workerData as { root: string } // given by validator-pool.ts

parentPort?.on('message', (key: string) => parentPort?.postMessage(compile(key)))

function compile(key: string): Compiled {
  try {
    const schemas = readSchemas(key, root)
    return { key, schemas, source: compileValidators(schemas) }
  } catch (error) {
    return { key, error: `destination ${key}: ${error instanceof Error ? error.message : error}` }
  }
}
