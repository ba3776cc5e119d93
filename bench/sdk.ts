// `npm run bench:sdk`: what a first visit costs under Millrace's script and under those of others, in
// headless Chromium with an empty cache, over HTTP/1.1 on this machine.
import { launchChromium } from '../test/real/support/demo-browser.ts'
import { newPlace, startMillrace } from '../test/real/support/started-millrace.ts'
import { type Contestant, jitsu, ours, rudder, stock } from './sdk/contestants.ts'
import { type Measured, measure } from './sdk/measure.ts'

const VISITS = [
  { title: 'a page, one track()', query: '' },
  { title: 'the same by a link with ajs_*', query: '?ajs_uid=ada&ajs_event=Link%20Clicked' },
]

const millrace = await startMillrace(await newPlace())
const browser = await launchChromium()
let isBeaten = false
try {
  const contestants = [ours(millrace.url), stock, rudder, jitsu]
  for (const { title, query } of VISITS) {
    console.log(`\n${title}`)
    const results: [Contestant, Measured][] = []
    for (const contestant of contestants) {
      const measured = await measure(browser, contestant, query)
      results.push([contestant, measured])
      console.log(describe(contestant.name, measured))
    }
    isBeaten = compare(results) || isBeaten
  }
} finally {
  await browser.close()
  await millrace.end('SIGKILL')
}
console.log(
  '\nBytes are those of all connections both ways: headers, bodies and preflights. Millrace waits 5 s for\n' +
    'company before it sends its batch, or until the page is left; the others send each event by itself.',
)
process.exit(isBeaten ? 1 : 0)

function describe(
  name: string,
  { requests, preflights, wireBytes, firstEventMs }: Measured,
): string {
  return [
    name.padEnd(28),
    `${requests} requests`.padStart(12),
    `(${preflights} preflights)`.padStart(16),
    `${wireBytes.toLocaleString('en')} bytes`.padStart(16),
    `first event after ${firstEventMs.toLocaleString('en')} ms`.padStart(32),
  ].join('')
}

/** Says how the first compares with each of the others; true if it is not better than all. */
function compare([first, ...others]: readonly [Contestant, Measured][]): boolean {
  if (first === undefined) return true
  const [{ name }, our] = first
  const lost = others.filter(
    ([, their]) => our.requests >= their.requests || our.wireBytes >= their.wireBytes,
  )
  for (const [peer] of lost)
    console.log(`${name} has not fewer requests and bytes than ${peer.name}`)
  if (lost.length === 0)
    console.log(`${name} has fewer requests and fewer bytes than each of the others`)
  return lost.length > 0
}
