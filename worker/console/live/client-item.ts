import { nameEvent, nameWho } from '../demo/client-describe.ts'
import { isJsonObject } from '../demo/client-journey.ts'
import type { LiveItem } from './client-socket.ts'

/** What one line says of an item. */
export interface ItemLine {
  readonly time: string
  /** The kind; of a discard its reason as well. */
  readonly kind: string
  readonly name: string
  readonly who: string
}

/** Says of an item what fits on a line. A duplicate is known by its id only, so it has no name. */
export function describeItem({ kind, reason, receivedAt, event }: LiveItem): ItemLine {
  const time = receivedAt.slice(11, 23)
  const label = reason === undefined ? kind : `${kind}: ${reason}`
  const isNamed = isJsonObject(event)
  const name = isNamed ? nameEvent(event) : typeof event === 'string' ? event.slice(0, 80) : ''
  return { time, kind: label, name, who: isNamed ? nameWho(event) : '' }
}

/** Fills the parts of a line; only ever as text. */
export function showLine(element: HTMLElement, item: LiveItem): void {
  element.dataset.kind = item.kind
  for (const [key, text] of Object.entries(describeItem(item))) {
    const place = element.querySelector(`[data-part="${key}"]`)
    if (place !== null) place.textContent = text
  }
}
