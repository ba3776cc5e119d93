import { compareWritten, isSame } from '../../durable-objects/profile/newest.ts'
import type { NewsTrait } from '../../durable-objects/profile/news.ts'

/**
 * What a profile needs of all that a chunk writes, oldest first: under each name over each id the newest,
 * and before it the newest that said otherwise, so that a value said again moves its stamp.
 */
export function newestTraits(traits: readonly NewsTrait[]): NewsTrait[] {
  const oldestFirst = [...traits].sort(compareWritten)
  const lastTwo = new Map<string, readonly NewsTrait[]>()
  for (const trait of oldestFirst) {
    const place = `${trait.by} ${trait.name}`
    const [newest, other] = lastTwo.get(place) ?? []
    const isOther = newest !== undefined && !isSame(newest.value, trait.value)
    const before = isOther ? newest : other
    lastTwo.set(place, before === undefined ? [trait] : [trait, before])
  }
  const kept = new Set([...lastTwo.values()].flat())
  return oldestFirst.filter((trait) => kept.has(trait))
}
