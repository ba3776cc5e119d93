import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Compiled } from './validator-worker.ts'
import type { KeyedSchema } from './validators.ts'

/** The validators of one destination: the schemas and the module compiled of them. */
export interface Validators {
  readonly schemas: readonly KeyedSchema[]
  readonly source: string
}

type Settle = PromiseWithResolvers<Validators>

/** Compiles the validators of destinations in threads, while esbuild bundles the rest. */
export class ValidatorPool {
  readonly #results: ReadonlyMap<string, Settle>
  readonly #waiting: string[]
  readonly #threads: Worker[]

  constructor(destinations: readonly string[], root: string) {
    this.#results = new Map(destinations.map((key) => [key, Promise.withResolvers()]))
    for (const { promise } of this.#results.values()) promise.catch(() => {}) // told by esbuild
    this.#waiting = [...destinations].reverse()
    const half = Math.ceil(availableParallelism() / 2) // esbuild has use for the other
    const count = Math.min(half, destinations.length)
    this.#threads = Array.from({ length: count }, () => this.#startThread(root))
  }

  /** Rejects if a definition does not load or a schema does not compile. */
  async compile(destination: string): Promise<Validators> {
    const result = this.#results.get(destination)
    if (result === undefined) throw new Error(`${destination} is not among the destinations`)
    return result.promise
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.terminate()))
  }

  #startThread(root: string): Worker {
    const path = join(import.meta.dirname, 'validator-worker.ts')
    const thread = new Worker(path, { workerData: { root } })
    thread.on('message', (compiled: Compiled) => {
      this.#settle(compiled)
      this.#giveNext(thread)
    })
    thread.on('error', (error) => {
      for (const { reject } of this.#results.values()) reject(error)
    })
    this.#giveNext(thread)
    return thread
  }

  #giveNext(thread: Worker): void {
    const key = this.#waiting.pop()
    if (key !== undefined) thread.postMessage(key)
  }

  #settle(compiled: Compiled): void {
    const result = this.#results.get(compiled.key)
    if ('error' in compiled) result?.reject(new Error(compiled.error))
    else result?.resolve(compiled)
  }
}
