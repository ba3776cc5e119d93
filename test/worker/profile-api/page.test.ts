import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  comparePlaces,
  cutPage,
  decodePlace,
  encodePlace,
  type Place,
  parsePage,
} from '../../../worker/profile-api/page.ts'

const LIMITS = { fallback: 10, max: 200 }
const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constant('\ud800'))
const place = fc.tuple(text, fc.integer())

/** Reads a list to its end by cursors; `arrive` adds to it before each page but the first. */
function walk(list: Place[], limit: number, arrive: () => readonly Place[]): Place[] {
  const seen: Place[] = []
  for (let next = ''; ; ) {
    const page = parsePage({ limit: String(limit), next }, LIMITS, 2)
    if ('fault' in page) throw new Error(page.fault)
    const sorted = [...list].sort(comparePlaces)
    const cut = cutPage(sorted, (each) => each, page)
    seen.push(...cut.items)
    if (cut.next === '') return seen
    next = cut.next
    list.push(...arrive())
  }
}

describe('a list by pages', () => {
  it('gives everything of the first page’s time once, in order, whatever arrives meanwhile', () => {
    const key = (each: Place) => JSON.stringify(each)
    fc.assert(
      fc.property(
        fc.uniqueArray(place, { selector: key, minLength: 1, maxLength: 80 }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 12 }),
        (all, known, limit) => {
          const waiting = all.slice(known)
          const first = all.slice(0, known)
          const seen = walk([...first], limit, () => waiting.splice(0, 3)).map(key)
          expect(new Set(seen).size).toBe(seen.length)
          expect(seen).toEqual(expect.arrayContaining(first.map(key)))
          const sorted = all.filter((each) => seen.includes(key(each))).sort(comparePlaces)
          expect(seen).toEqual(sorted.map(key))
        },
      ),
    )
  })

  it('goes on at the next item when the one of the cursor is gone', () => {
    const next = encodePlace(['b', 0])
    const page = parsePage({ next }, LIMITS, 2)
    if ('fault' in page) throw new Error(page.fault)
    const items = [['a', 0] as const, ['c', 0] as const]
    expect(cutPage(items, (each) => each, page)).toEqual({ items: [['c', 0]], next: '' })
  })
})

describe('a cursor', () => {
  it('comes back as it was, halves of characters included, and needs no encoding in a URL', () => {
    fc.assert(
      fc.property(place, (each) => {
        const encoded = encodePlace(each)
        expect(encoded).toMatch(/^[\w-]+$/)
        expect(decodePlace(encoded)).toEqual(each)
      }),
    )
  })

  it.each(['x', '%', 'bnVsbA', 'e30', 'W251bGxd', '', 'WzEs'])('is not %j', (encoded) => {
    expect(decodePlace(encoded)).toBeNull()
  })
})
