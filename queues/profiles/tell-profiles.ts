import { eachOf } from '../../durable-objects/each-of.ts'
import type { Applied, News } from '../../durable-objects/profile/news.ts'
import type { Told } from './gather-news.ts'

/** Calls that may wait for an answer at once: the platform's six connections. */
const CONCURRENCY = 6
/** A profile is merged away a few times in the minute that a memory is old, at most. */
const MAX_MOVES = 8

/** How telling a profile ended: `late` is untold, because the lease was over. */
export type TellingEnd =
  | { readonly kind: 'told'; readonly hasMoved: boolean; readonly overLimit: number }
  | { readonly kind: 'refused' | 'late' }
  | { readonly kind: 'failed'; readonly error: unknown }

/** What telling needs. */
export interface Telling {
  readonly apply: (news: News) => Promise<Applied>
  readonly isTimeOver: () => boolean
}

/** Tells each profile its news, six at a time; one that fails stops no other. */
export async function tellProfiles(
  all: readonly Told[],
  telling: Telling,
): Promise<ReadonlyMap<Told, TellingEnd>> {
  const ends = new Map<Told, TellingEnd>()
  await eachOf(all, CONCURRENCY, async (told) => {
    const end = telling.isTimeOver() ? LATE : tell(told.news, telling).catch(toFailure)
    ends.set(told, await end)
  })
  return ends
}

const LATE: TellingEnd = { kind: 'late' }
const toFailure = (error: unknown): TellingEnd => ({ kind: 'failed', error })

/** Goes where the profile has gone. */
async function tell(news: News, { apply, isTimeOver }: Telling): Promise<TellingEnd> {
  let { profile } = news
  for (let moves = 0; moves <= MAX_MOVES; moves += 1) {
    if (isTimeOver()) return LATE
    const applied = await apply({ ...news, profile })
    switch (applied.state) {
      case 'applied':
      case 'unchanged':
        return { kind: 'told', hasMoved: moves > 0, overLimit: applied.overLimit ?? 0 }
      case 'refused':
        return { kind: 'refused' }
      case 'moved':
        profile = applied.to
        break
      default:
        applied satisfies never
    }
  }
  return { kind: 'failed', error: new Error(`profile moved ${MAX_MOVES} times`) }
}
