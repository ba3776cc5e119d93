import { describeEvent, nameEvent, nameWho, readType } from './client-describe.ts'
import { cloneTemplate, find, part } from './client-find.ts'
import { formatElapsed, type Journey, listSteps, type Step } from './client-journey.ts'
import { showJson } from './client-json.ts'

const NOT_ARCHIVED = 'not yet in a file; the log has it'
const NOT_DELIVERED = 'Not yet.'

/** An event in the list: a line that opens to what was archived and what was delivered. */
export class Card {
  readonly element = cloneTemplate('card')
  readonly startMs: number
  #details = find(this.element, 'details', HTMLDetailsElement)
  #journey: Journey

  constructor(journey: Journey, onToggle: (card: Card) => void) {
    this.startMs = journey.startMs
    this.#journey = journey
    this.#details.addEventListener('toggle', () => {
      this.#showBody()
      onToggle(this)
    })
    this.update(journey)
  }

  get isOpen(): boolean {
    return this.#details.open
  }

  get messageId(): string {
    return this.#journey.messageId
  }

  update(journey: Journey): void {
    this.#journey = journey
    const { event, messageId, archived, deliveries } = journey
    const { dataset } = this.element
    dataset.messageId = messageId
    dataset.event = nameEvent(event)
    dataset.type = readType(event)
    dataset.archived = String(archived !== null)
    dataset.delivered = String(deliveries.length > 0)
    this.#showLine()
    this.#showBody()
  }

  #showLine(): void {
    const { event } = this.#journey
    this.#show('type', readType(event))
    this.#show('name', nameEvent(event))
    this.#show('detail', describeEvent(event))
    this.#show('who', nameWho(event))
    for (const step of listSteps(this.#journey)) showStep(part(this.element, step.name), step)
    const copies = describeCopies(this.#journey)
    this.#show('copies', copies)
    part(this.element, 'copies').hidden = copies === ''
  }

  /** Filled only while open: most cards never are. */
  #showBody(): void {
    if (!this.isOpen) return
    const { archived, deliveries } = this.#journey
    this.#show('chunk', archived?.chunk ?? NOT_ARCHIVED)
    part(this.element, 'copy-chunk').hidden = archived === null
    this.#showEvent('archived-json', archived?.event ?? null, NOT_ARCHIVED)
    this.#showEvent('delivered-json', deliveries[0]?.event ?? null, NOT_DELIVERED)
  }

  #showEvent(name: string, event: unknown, otherwise: string): void {
    const place = part(this.element, name)
    // Shown once: a rewrite would lose the reader's selection and scroll position.
    if (place.dataset.isFilled === 'true') return
    if (event === null) {
      this.#show(name, otherwise)
      return
    }
    place.dataset.isFilled = 'true'
    showJson(place, event)
  }

  #show(name: string, text: string): void {
    const place = part(this.element, name)
    if (place.textContent !== text) place.textContent = text
  }
}

function showStep(place: HTMLElement, { name, isReached, elapsedMs, isAtMost }: Step): void {
  const elapsed = elapsedMs === null ? '' : ` ${isAtMost ? '≤ ' : ''}${formatElapsed(elapsedMs)}`
  const text = isReached ? `${name}${elapsed}` : `not yet ${name}`
  place.dataset.reached = String(isReached)
  if (place.textContent !== text) place.textContent = text
}

/** Says so when an event was sent, or delivered, more than once. */
function describeCopies({ sendings, deliveries }: Journey): string {
  const sent = sendings > 1 ? `sent ${sendings}×, kept once` : ''
  const delivered = deliveries.length > 1 ? `delivered ${deliveries.length}×` : ''
  return [sent, delivered].filter((text) => text !== '').join(', ')
}
