import { showLine } from '../live/client-item.ts'
import { type LiveFrame, type LiveState, Tail } from '../live/client-socket.ts'
import { cloneTemplate, find } from './client-find.ts'
import { isJsonObject } from './client-journey.ts'

const MAX_LINES = 3
const TEXT = {
  connecting: 'connecting',
  live: 'each one as it is committed',
  retrying: 'connection lost, trying again',
  refused: 'not available',
} as const satisfies Record<LiveState, string>

/** Shows what the log took last, refused and doubled items too. */
export function wireStrip(source: string): void {
  const list = find(document, '#strip', HTMLElement)
  new Tail({
    source,
    ticket: readTicket,
    filters: () => ({}),
    onFrame: (frame) => show(list, frame),
    onState: (state) => {
      find(document, '#strip-state', HTMLElement).textContent = TEXT[state]
    },
  })
}

function show(list: HTMLElement, { items }: LiveFrame): void {
  const lines = items.slice(-MAX_LINES).map((item) => {
    const line = cloneTemplate('strip-item')
    showLine(line, item)
    return line
  })
  list.prepend(...lines.reverse())
  while (list.children.length > MAX_LINES) list.lastElementChild?.remove()
}

async function readTicket(): Promise<string | null> {
  const response = await fetch('/demo/live-ticket', { method: 'POST' })
  if (!response.ok) throw new Error(`no ticket: ${response.status}`)
  const body: unknown = await response.json()
  const ticket = isJsonObject(body) && isJsonObject(body.data) ? body.data.ticket : null
  return typeof ticket === 'string' ? ticket : null
}
