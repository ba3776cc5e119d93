import { nameEvent, readType } from './client-describe.ts'
import type { Totals } from './client-feed.ts'
import { find } from './client-find.ts'
import type { JsonObject } from './client-journey.ts'

const button = () => find(document, '#send-again', HTMLButtonElement)
const say = (text: string) => {
  find(document, '#again-text', HTMLElement).textContent = text
}

const INVITATION =
  'Phones and servers send twice when an answer gets lost. Try it: the copy is counted, and kept out.'

/** Sends the last event once more under its own message id, as a client does after a lost answer. */
export class SendAgain {
  readonly #writeKey: string
  readonly #onSend: (event: JsonObject) => void
  #last: JsonObject | null = null
  #duplicates = 0
  /** How many duplicates there were when the button was pressed. */
  #before: number | null = null

  constructor(writeKey: string, onSend: (event: JsonObject) => void) {
    this.#writeKey = writeKey
    this.#onSend = onSend
    button().addEventListener('click', () => this.#send())
  }

  remember(event: JsonObject): void {
    if (event.messageId !== this.#last?.messageId) this.#forgetAnswer()
    this.#last = event
    button().disabled = false
    button().textContent = `Send “${nameEvent(event)}” again`
  }

  /** The counts tell whether the copy was recognised. */
  watch({ duplicates }: Totals): void {
    this.#duplicates = duplicates
    if (this.#before === null || duplicates <= this.#before) return
    this.#before = null
    say('Recognised by its message id: counted as a duplicate, not archived, not delivered again.')
  }

  /** The text is about the event on the button: a new one has not been sent again yet. */
  #forgetAnswer(): void {
    this.#before = null
    say(INVITATION)
  }

  async #send(): Promise<void> {
    if (this.#last === null) return
    this.#before = this.#duplicates
    say('Sent a second time, with the same message id.')
    const event = this.#last
    const path = `/v1/${readType(event).charAt(0)}`
    const body = JSON.stringify({ ...event, writeKey: this.#writeKey, sentAt: new Date() })
    const headers = { 'Content-Type': 'text/plain' }
    const response = await fetch(path, { method: 'POST', headers, body }).catch(() => null)
    if (response?.ok === true) this.#onSend(event)
    else say('The collector did not take it. Try again in a moment.')
  }
}
