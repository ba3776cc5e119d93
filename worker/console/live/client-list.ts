import { cloneTemplate, find, part } from '../demo/client-find.ts'
import { showJson } from '../demo/client-json.ts'
import { showLine } from './client-item.ts'
import type { LiveFrame, LiveItem } from './client-socket.ts'

/** More nobody scrolls through, and a browser must hold them. */
const MAX_ITEMS = 500

/** The list of items, newest first; while it is paused it keeps what arrives for later. */
export class ItemList {
  readonly #list = find(document, '#items', HTMLElement)
  readonly #pause = find(document, '#pause', HTMLButtonElement)
  #held: LiveItem[] = []
  #isPaused = false
  #dropped = 0

  constructor() {
    this.#pause.addEventListener('click', () => this.#toggle())
    find(document, '#clear', HTMLButtonElement).addEventListener('click', () => this.clear())
  }

  add({ items, dropped }: LiveFrame): void {
    this.#dropped += dropped
    this.#held = [...this.#held, ...items].slice(-MAX_ITEMS)
    if (!this.#isPaused) this.#show()
    this.#count()
  }

  clear(): void {
    this.#held = []
    this.#dropped = 0
    this.#list.replaceChildren()
    this.#count()
  }

  #toggle(): void {
    this.#isPaused = !this.#isPaused
    this.#pause.setAttribute('aria-pressed', String(this.#isPaused))
    this.#pause.textContent = this.#isPaused ? 'Go on' : 'Pause'
    if (!this.#isPaused) this.#show()
    this.#count()
  }

  #show(): void {
    this.#list.prepend(...this.#held.map(createRow).reverse())
    this.#held = []
    while (this.#list.children.length > MAX_ITEMS) this.#list.lastElementChild?.remove()
  }

  #count(): void {
    find(document, '#dropped', HTMLElement).textContent = this.#dropped.toLocaleString('en')
    find(document, '#held', HTMLElement).textContent = this.#held.length.toLocaleString('en')
    find(document, '#empty', HTMLElement).hidden = this.#list.children.length > 0
  }
}

/** The event is written out when somebody opens the row. */
function createRow(item: LiveItem): HTMLElement {
  const row = cloneTemplate('item')
  showLine(row, item)
  row
    .querySelector('details')
    ?.addEventListener('toggle', () => showJson(part(row, 'json'), item.event), { once: true })
  return row
}
