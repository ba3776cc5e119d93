import { ID_PREFIX } from './make-requests.ts'

const MARK = `"messageId":"${ID_PREFIX}`

/** What an archive holds of the events 0 to `sent`: that they are there once is the whole of it. */
export interface Held {
  readonly missing: number
  readonly again: number
  /** Lines without an id of the bench, or with one that was never sent. */
  readonly strange: number
}

/** Counts the message ids of the bench in NDJSON, piece by piece. */
export class IdCount {
  readonly #times: Uint8Array
  #strange = 0

  constructor(sent: number) {
    this.#times = new Uint8Array(sent)
  }

  /** Counts the lines of one object of the archive. */
  add(lines: string): void {
    let from = 0
    for (let end = lines.indexOf('\n'); end !== -1; end = lines.indexOf('\n', from)) {
      const at = lines.indexOf(MARK, from)
      const idAt = at + MARK.length
      const hasId = at !== -1 && at < end
      const number = hasId ? Number(lines.slice(idAt, lines.indexOf('"', idAt))) : Number.NaN
      const times = this.#times[number]
      if (times === undefined) this.#strange += 1
      else this.#times[number] = Math.min(times + 1, 2)
      from = end + 1
    }
  }

  held(): Held {
    const count = (wanted: number) =>
      this.#times.reduce((sum, each) => sum + Number(each === wanted), 0)
    return { missing: count(0), again: count(2), strange: this.#strange }
  }
}
