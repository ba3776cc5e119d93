import { find } from '../demo/client-find.ts'
import { Api, type SourceName } from './client-api.ts'
import { ItemList } from './client-list.ts'
import { type LiveState, Tail } from './client-socket.ts'

const TEXT = {
  connecting: 'connecting',
  live: 'live',
  retrying: 'connection lost, trying again',
  refused: 'refused: the token or the source is not known any more',
} as const satisfies Record<LiveState, string>

const signIn = find(document, '#sign-in', HTMLFormElement)
const token = find(document, '#token', HTMLInputElement)
const fault = find(document, '#fault', HTMLElement)
const watch = find(document, '#watch', HTMLElement)
const sourceList = find(document, '#source', HTMLSelectElement)
const filters = find(document, '#filters', HTMLFormElement)
const list = new ItemList()
let tail: Tail | null = null

signIn.addEventListener('submit', (submitted) => {
  submitted.preventDefault()
  const api = new Api(token.value.trim())
  token.value = ''
  api.sources().then(
    (sources) => {
      fault.textContent = findFault(sources)
      if (sources !== null && sources.length > 0) open(api, sources)
    },
    () => {
      fault.textContent = 'The server does not answer.'
    },
  )
})
filters.addEventListener('submit', (submitted) => submitted.preventDefault())
filters.addEventListener('input', () => tail?.sendFilters())

function findFault(sources: readonly SourceName[] | null): string {
  if (sources === null) return 'This token is not taken.'
  return sources.length === 0 ? 'There is no source yet.' : ''
}

function open(api: Api, sources: readonly SourceName[]): void {
  sourceList.replaceChildren(...sources.map(({ id, name }) => new Option(name, id)))
  sourceList.addEventListener('change', () => follow(api))
  signIn.hidden = true
  watch.hidden = false
  sourceList.focus()
  follow(api)
}

function follow(api: Api): void {
  const source = sourceList.value
  tail?.stop()
  list.clear()
  tail = new Tail({
    source,
    ticket: () => api.ticket(source),
    filters: readFilters,
    onFrame: (frame) => list.add(frame),
    onState: showState,
  })
}

function showState(state: LiveState): void {
  const place = find(document, '#state', HTMLElement)
  place.dataset.state = state
  place.textContent = TEXT[state]
}

function readFilters(): object {
  const form = new FormData(filters)
  return { type: form.getAll('type'), name: form.get('name'), user: form.get('user') }
}
