import type { World } from './world.ts'

/** Small, so that a sweep has to turn pages. */
const PAGE_KEYS = 3

/** How a caller's calls reach the outside: an object's end with its life. */
export type Reach = <T>(kind: string, what: string, land: () => T | Promise<T>) => Promise<T>

/** What lies under a key. */
export interface Stored {
  readonly body: Uint8Array
  readonly metadata: { readonly [name: string]: string }
  readonly uploaded: Date
}

interface ListOptions {
  readonly prefix?: string
  readonly cursor?: string
  readonly delimiter?: string
}

interface GetOptions {
  readonly range?: { readonly offset: number; readonly length: number }
}

/** R2 as far as the product uses it. */
export class SimBucket {
  readonly objects = new Map<string, Stored>()
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  /** The binding of one caller. */
  bind(reach: Reach): R2Bucket {
    const bucket = {
      put: (
        key: string,
        body: ArrayBuffer | Uint8Array,
        options?: { customMetadata?: { [name: string]: string } },
      ) => {
        const stored = {
          body: new Uint8Array(body).slice(),
          metadata: options?.customMetadata ?? {},
        }
        const kind = key.startsWith('spool/') ? 'spool' : 'put'
        return reach(kind, `put of ${key}`, () => {
          this.#world.log(`stored ${key}`)
          this.objects.set(key, { ...stored, uploaded: new Date(this.#world.nowMs) })
        })
      },
      get: (key: string, { range }: GetOptions = {}) =>
        reach('get', `get of ${key}`, () => {
          const stored = this.objects.get(key)
          if (stored === undefined) return null
          const { uploaded } = stored
          const { offset = 0, length = stored.body.length } = range ?? {}
          const body = stored.body.slice(offset, offset + length)
          return { key, uploaded, arrayBuffer: async () => body.buffer }
        }),
      delete: (key: string) =>
        reach('delete', `delete of ${key}`, () => void this.objects.delete(key)),
      list: (options: ListOptions) => reach('list', 'list', () => this.#list(options)),
    }
    return bucket as unknown as R2Bucket // all that the product uses
  }

  keys(prefix: string): string[] {
    return [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort()
  }

  #list({ prefix = '', cursor, delimiter }: ListOptions) {
    const keys = this.keys(prefix)
    if (delimiter !== undefined) {
      const folders = keys.map((key) => prefix + key.slice(prefix.length).split(delimiter)[0])
      const delimitedPrefixes = [...new Set(folders)].map((folder) => folder + delimiter)
      return { objects: [], truncated: false, delimitedPrefixes }
    }
    const rest = keys.filter((key) => cursor === undefined || key > cursor)
    const page = rest.slice(0, PAGE_KEYS)
    return {
      objects: page.map((key) => ({ key })),
      truncated: rest.length > page.length,
      cursor: page.at(-1),
      delimitedPrefixes: [],
    }
  }
}
