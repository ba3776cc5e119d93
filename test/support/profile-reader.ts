import { ADMIN_TOKEN, type Collector } from './collector.ts'

export const PROFILES = '/v1/spaces/default/collections/users/profiles'

/** The header of a user name and password. */
export const basic = (user: string, password = '') => ({
  authorization: `Basic ${btoa(`${user}:${password}`)}`,
})

/** An answer of the Profile API. */
export interface Page {
  readonly traits: { readonly [name: string]: unknown }
  readonly data: readonly { readonly [field: string]: unknown }[]
  readonly metadata: { readonly [field: string]: unknown }
  readonly cursor: { url: string; has_more: boolean; next: string; limit: number }
}

/** Asks the Profile API as its customers do. */
export function profileReader(collector: Collector) {
  const get = (path: string) => collector.send(path, { headers: basic(ADMIN_TOKEN) })
  const read = async (path: string): Promise<Page> => (await get(path)).json()
  return {
    get,
    read,
    /** All pages of a list, by `cursor.url`; `between` runs before each but the first. */
    walk: async (path: string, between: () => unknown = () => {}): Promise<Page[]> => {
      const pages = [await read(path)]
      for (let last = pages[0]; last?.cursor.has_more; last = pages.at(-1)) {
        await between()
        pages.push(await read(last.cursor.url))
      }
      return pages
    },
  }
}
