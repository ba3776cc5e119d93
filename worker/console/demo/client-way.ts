import { nameEvent } from './client-describe.ts'
import { find, part } from './client-find.ts'
import { formatElapsed, type Journey, listSteps, type StepName } from './client-journey.ts'

const WHEEL_TURN_MS = 2600
const DEGREES_PER_PADDLE = 45

/** Which step of an event proves that it has passed a station. */
const PROOF: Readonly<Record<string, StepName>> = {
  browser: 'sent',
  collector: 'logged',
  log: 'logged',
  archive: 'archived',
  queue: 'delivered',
  destination: 'delivered',
}
/** Stations with a time of their own; collector and queue have none that a page could see. */
const TIMED = new Set(['log', 'archive', 'destination'])

/** Lights the stations that an event has reached; water flows on to the next. */
export function showWay(journey: Journey): void {
  part(document, 'following').textContent = nameEvent(journey.event)
  const steps = new Map(listSteps(journey).map((step) => [step.name, step]))
  let isNext = true
  for (const station of document.querySelectorAll<HTMLElement>('#path [data-station]')) {
    const key = station.dataset.station ?? ''
    const step = steps.get(PROOF[key] ?? 'sent')
    const isReached = step?.isReached === true
    station.dataset.state = isReached ? 'reached' : isNext ? 'next' : 'waiting'
    isNext = isReached
    const elapsedMs = isReached && TIMED.has(key) ? (step.elapsedMs ?? null) : null
    const atMost = step?.isAtMost === true ? '≤ ' : ''
    part(station, 'time').textContent =
      elapsedMs === null ? '' : `${atMost}${formatElapsed(elapsedMs)}`
  }
}

/** A delivered event drives the wheel at the end of the way. */
export function turnWheel(): void {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return
  const wheel = find(document, '#path .wheel-turns', SVGElement)
  const options = { duration: WHEEL_TURN_MS, easing: 'cubic-bezier(.2,.6,.2,1)' }
  wheel.animate([{ rotate: '0deg' }, { rotate: '180deg' }], options)
}

let paddles = 0

/** Each event sent moves the wheel of the name by one paddle. */
export function turnBrand(): void {
  paddles += 1
  const wheel = find(document, '.brand-wheel .wheel-turns', SVGElement)
  wheel.style.rotate = `${paddles * DEGREES_PER_PADDLE}deg`
}
