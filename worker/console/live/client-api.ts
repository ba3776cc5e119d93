/** A source as the page needs it. */
export interface SourceName {
  readonly id: string
  readonly name: string
}

/** The API with a token, which is kept here and nowhere else: a page that is closed forgets it. */
export class Api {
  readonly #token: string

  constructor(token: string) {
    this.#token = token
  }

  /** The sources; null if the token is not taken. Rejects while nobody answers. */
  async sources(): Promise<readonly SourceName[] | null> {
    const data = await this.#ask<{ sources: SourceName[] }>('/api/sources', 'GET')
    return data === null ? null : data.sources
  }

  /** A ticket for the tail of a source; null if there will be none. Rejects while nobody answers. */
  async ticket(source: string): Promise<string | null> {
    const path = `/api/sources/${encodeURIComponent(source)}/live-tickets`
    const data = await this.#ask<{ ticket: string }>(path, 'POST')
    return data === null ? null : data.ticket
  }

  async #ask<T>(path: string, method: string): Promise<T | null> {
    const headers = { authorization: `Bearer ${this.#token}` }
    const response = await fetch(path, { method, headers, cache: 'no-store' })
    if ([401, 404].includes(response.status)) return null
    if (!response.ok) throw new Error(`${path} answered ${response.status}`)
    const { data } = (await response.json()) as { data: T } // of the server this page came from
    return data
  }
}
