import type { IdKey } from '../identity/external-id.ts'
import type { Json } from '../workspace/snapshot.ts'
import { compareWritten, isSame } from './newest.ts'
import type { VisibleTrait } from './news.ts'
import { heldIds, type ProfileState, type Written } from './profile-state.ts'

/** A value that is said again moves its stamp at most this often. */
const AFFIRM_EVERY_MS = 30 * 86_400_000

/** A trait, or a category of consent, as an event wrote it over an id. */
export type Writing = { readonly by: IdKey; readonly name: string } & (
  | { readonly field: 'traits'; readonly written: Written<Json> }
  | { readonly field: 'consent'; readonly written: Written<boolean> }
)

/** Whether something written over an id changes what the profile remembers. */
export function isNews(state: ProfileState, writing: Writing): boolean {
  const { by, field, name, written } = writing
  const before = state.ids.get(by)?.[field].get(name)
  if (before === undefined) return true
  if (compareWritten(written, before) <= 0) return false
  if (!isSame(written.value, before.value)) return true
  if (written.atMs - before.atMs >= AFFIRM_EVERY_MS) return true
  // Said again over one id, it must win over what came meanwhile over another.
  return writtenOver(state, writing).some(
    (other) => other.atMs >= before.atMs && !isSame(other.value, written.value),
  )
}

/** The traits that a profile shows, by name: of each the newest over all its ids; null hides. */
export function visibleTraits(state: ProfileState): { [name: string]: VisibleTrait } {
  const newest = new Map<string, Written<Json>>()
  for (const [, { traits }] of heldIds(state)) {
    for (const [name, written] of traits) {
      const before = newest.get(name)
      if (before === undefined || compareWritten(before, written) < 0) newest.set(name, written)
    }
  }
  const shown = [...newest]
    .filter(([, { value }]) => value !== null)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { value, source, atMs }]) => [
      name,
      { value, sourceId: source, updatedAtMs: atMs },
    ])
  return Object.fromEntries(shown)
}

/** What a person consents to: of each category the newest; `conflict` if two ids disagree at one time. */
export function visibleConsent(
  state: ProfileState,
): { [category: string]: boolean | 'conflict' } | null {
  const categories = new Set(heldIds(state).flatMap(([, { consent }]) => [...consent.keys()]))
  if (categories.size === 0) return null
  const shown = [...categories].sort().map((category) => {
    const written = writtenOver(state, { field: 'consent', name: category })
    const lastMs = Math.max(...written.map(({ atMs }) => atMs))
    const values = new Set(written.filter(({ atMs }) => atMs === lastMs).map(({ value }) => value))
    return [category, values.size > 1 ? 'conflict' : values.has(true)]
  })
  return Object.fromEntries(shown)
}

/** All that is written under a name over the ids that the profile holds. */
function writtenOver(
  state: ProfileState,
  { field, name }: Pick<Writing, 'field' | 'name'>,
): Written<Json>[] {
  const found: Written<Json>[] = []
  // A trait that is said again looks at all ids, which may be a thousand: nothing is copied.
  for (const data of state.ids.values()) {
    const written = data.place.to === null ? data[field].get(name) : undefined
    if (written !== undefined) found.push(written)
  }
  return found
}
