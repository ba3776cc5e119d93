import { Card } from './client-card.ts'
import { find } from './client-find.ts'
import type { Journey } from './client-journey.ts'

const MAX_CARDS = 50
/** Scrolled no further than this, a reader is at the top. */
const TOP_PX = 8

/** The list of cards, newest first; whoever reads one is not moved by what arrives. */
export class List {
  readonly #onFollow: () => void
  readonly #frame = find(document, '#list', HTMLElement)
  readonly #cards = find(document, '#cards', HTMLElement)
  readonly #newer = find(document, '#newer', HTMLButtonElement)
  readonly #byId = new Map<string, Card>()
  #opened: Card | null = null
  /** Scrolling rounds to whole pixels; the rest is made good next time, or it would add up. */
  #drift = 0

  /** `onFollow` is called when another card is open than before, or none. */
  constructor(onFollow: () => void) {
    this.#onFollow = onFollow
    this.#newer.addEventListener('click', () => this.#frame.scrollTo({ top: 0 }))
    this.#frame.addEventListener('scroll', () => {
      if (this.#frame.scrollTop <= TOP_PX) this.#newer.hidden = true
    })
  }

  /** The message id of the card that was opened last and still is. */
  get openId(): string | null {
    return this.#opened?.messageId ?? null
  }

  show(journey: Journey): void {
    const known = this.#byId.get(journey.messageId)
    if (known === undefined) this.#add(journey)
    else this.#keepPlace(() => known.update(journey))
  }

  #add(journey: Journey): void {
    const card = new Card(journey, (toggled) => this.#follow(toggled))
    this.#byId.set(journey.messageId, card)
    this.#keepPlace(() => this.#insert(card))
    find(document, '#list-empty', HTMLElement).hidden = true
    this.#newer.hidden = this.#frame.scrollTop <= TOP_PX
  }

  /** The order of start times never changes, so a card never moves among the others. */
  #insert(card: Card): void {
    const after = this.#inOrder().find(({ startMs }) => startMs < card.startMs)
    this.#cards.insertBefore(card.element, after?.element ?? null)
    if (this.#byId.size > MAX_CARDS) this.#removeOldest()
  }

  #removeOldest(): void {
    const oldest = this.#inOrder().findLast(({ isOpen }) => !isOpen)
    if (oldest === undefined) return
    oldest.element.remove()
    this.#byId.delete(oldest.messageId)
  }

  #inOrder(): Card[] {
    return [...this.#byId.values()]
      .filter(({ element }) => element.isConnected)
      .sort((one, other) => other.startMs - one.startMs)
  }

  /** What the reader looks at stays where it is on the screen while the list changes above it. */
  #keepPlace(change: () => void): void {
    const anchor = this.#anchor()
    const top = () => anchor?.getBoundingClientRect().top ?? 0
    const wanted = top() - this.#drift
    change()
    if (anchor === undefined) return
    this.#frame.scrollTop += top() - wanted
    const drift = top() - wanted
    this.#drift = Math.abs(drift) < 1 ? drift : 0
  }

  /** The open card in view; else the first card in view, unless the list is at its top. */
  #anchor(): Element | undefined {
    const { top, bottom } = this.#frame.getBoundingClientRect()
    const inView = [...this.#cards.children].filter((card) => {
      const box = card.getBoundingClientRect()
      return box.bottom > top && box.top < bottom
    })
    const open = inView.find((card) => card.querySelector('details[open]') !== null)
    return open ?? (this.#frame.scrollTop > TOP_PX ? inView[0] : undefined)
  }

  #follow(card: Card): void {
    if (card.isOpen) this.#opened = card
    else if (this.#opened === card) this.#opened = null
    this.#onFollow()
  }
}
