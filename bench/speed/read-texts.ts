import { readFileSync } from 'node:fs'
import { makeRequests } from '../workload.ts'
import { cutEvent, type EventText } from './make-requests.ts'

/** Events of one kind, to be sent again and again under new message ids. */
export interface EventKind {
  readonly name: string
  readonly texts: readonly EventText[]
}

const SEED = 20_261_125
const VISITORS = 2_000
const SESSIONS = { eventsPerRequest: 1, eventsPerSession: 8, isBrowser: false } as const

/** The events of the bench's generator: 16,000 of 2,000 visitors. */
export function generateTexts(): EventKind {
  const requests = makeRequests(SESSIONS, { visitors: VISITORS, seed: SEED, writeKey: '' })
  const texts = Array.from(requests, ({ body }) => cutEvent(body ?? {}))
  return { name: 'generated', texts }
}

/** The events of an NDJSON file. */
export function readTexts(file: string): EventKind {
  const lines = readFileSync(file, 'utf8').split('\n')
  const texts = lines.filter((line) => line !== '').map((line) => cutEvent(JSON.parse(line)))
  if (texts.length === 0) throw new Error('--events: the file has no event')
  return { name: 'from file', texts }
}
