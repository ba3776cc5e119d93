import type { FeedState, Totals } from './client-feed.ts'
import { find } from './client-find.ts'

const KEYS = ['received', 'archived', 'duplicates', 'discarded'] as const
const TEXT = { live: 'live', retrying: 'collector unreachable, retrying' } as const

/** Shows the counts; what was received but has no end yet is on the way. */
export function showTotals(totals: Totals): void {
  for (const key of KEYS) show(key, totals[key])
  showReasons(totals.reasons)
  const { received, archived, duplicates, discarded } = totals
  const onTheWay = Math.max(0, received - archived - duplicates - discarded)
  show('on-the-way', onTheWay)
  find(document, '#on-the-way', HTMLElement).hidden = onTheWay === 0
}

/** Why items were discarded; nothing while none was. */
function showReasons(reasons: Totals['reasons']): void {
  const place = find(document, '#reasons', HTMLElement)
  const counts = Object.entries(reasons).map(([reason, count]) => `${count} ${reason}`)
  place.hidden = counts.length === 0
  const text = `Discarded: ${counts.join(', ')}`
  if (place.textContent !== text) place.textContent = text
}

/** Shows whether the list is live. */
export function showState(state: FeedState): void {
  const place = find(document, '#live', HTMLElement)
  place.dataset.state = state
  const text = TEXT[state]
  if (place.textContent !== text) place.textContent = text
}

function show(key: string, count: number): void {
  const place = find(document, `[data-testid="total-${key}"]`, HTMLElement)
  const text = count.toLocaleString('en')
  if (place.textContent !== text) place.textContent = text
}
