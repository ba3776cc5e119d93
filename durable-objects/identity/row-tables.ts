import type { IdKey } from './external-id.ts'

const KEY_DIGITS = 32

/** Texts of a row, each written once and named by its place. */
export class TextTable {
  readonly texts: string[] = []
  readonly #places = new Map<string, number>()

  place(text: string): number {
    const known = this.#places.get(text)
    if (known !== undefined) return known
    this.#places.set(text, this.texts.length)
    return this.texts.push(text) - 1
  }
}

/** Keys of a row, in the order in which they were first named. */
export class KeyTable extends TextTable {
  constructor(keys: readonly IdKey[] = []) {
    super()
    for (const key of keys) this.place(key)
  }

  get keys(): readonly IdKey[] {
    return this.texts
  }
}

/** Keys one after the other, without anything between. */
export const joinKeys = (keys: readonly IdKey[]): string => keys.join('')

export const splitKeys = (text: string): IdKey[] =>
  Array.from({ length: text.length / KEY_DIGITS }, (_, place) =>
    text.slice(place * KEY_DIGITS, (place + 1) * KEY_DIGITS),
  )
