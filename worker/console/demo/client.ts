import { showSignedIn, wireAccount } from './client-account.ts'
import { wireCopying } from './client-copy.ts'
import { nameEvent } from './client-describe.ts'
import { pollFeed } from './client-feed.ts'
import { find } from './client-find.ts'
import { formatElapsed, type Journey, type JsonObject, readText } from './client-journey.ts'
import { Journeys } from './client-journeys.ts'
import { List } from './client-list.ts'
import { loadSdk, type Sdk, type SentContext } from './client-sdk.ts'
import { SendAgain } from './client-send-again.ts'
import { Shop } from './client-shop.ts'
import { wireStrip } from './client-strip.ts'
import { showState, showTotals } from './client-totals.ts'
import { showWay, turnBrand, turnWheel } from './client-way.ts'

const { writeKey = '', source = '', script = '' } = document.body.dataset

const list = new List(() => showFollowed())
const journeys = new Journeys(showJourney)
const again = new SendAgain(writeKey, (event) => journeys.addSent(event))
const sdk = loadSdk({ script, onSend })
let latest: Journey | null = null

sdk.then(
  (analytics) => showSignedIn(analytics.user().id() ?? null),
  () => {
    find(document, '#fault', HTMLElement).hidden = false
  },
)
send((analytics) => analytics.page())
new Shop((event, properties) => send((analytics) => analytics.track(event, properties)))
wireAccount({
  identify: (userId, traits) => send((analytics) => analytics.identify(userId, traits)),
  reset: () => void sdk.then((analytics) => analytics.reset()),
})
wireCopying()
wireStrip(source)
pollFeed({
  onState: showState,
  onFeed: (feed) => {
    journeys.addFeed(feed)
    showTotals(feed.totals)
    again.watch(feed.totals)
  },
})

/** What is clicked before analytics.js has loaded waits for it. */
function send(call: (analytics: Sdk) => Promise<SentContext>): void {
  sdk.then(call).then(noteAnswer, () => {}) // the page says that it did not start
}

function onSend(event: JsonObject): void {
  const copy: JsonObject = JSON.parse(JSON.stringify(event)) // the SDK goes on changing its own
  journeys.addSent(copy)
  again.remember(copy)
  turnBrand()
}

/** analytics.js also ends a call whose request failed and that it will repeat: then it has logged it. */
function noteAnswer(context: SentContext): void {
  const messageId = readText(context.event, 'messageId')
  const hasFailed = context.logs().some(({ level }) => level === 'error')
  if (messageId !== null && !hasFailed) journeys.addAnswered(messageId)
}

function showJourney(journey: Journey, before: Journey | null): void {
  list.show(journey)
  if (latest === null || journey.startMs >= latest.startMs) latest = journey
  if (latest.messageId === journey.messageId) latest = journey
  const isDelivered = journey.deliveries.length > 0
  if (isDelivered && before !== null && before.deliveries.length === 0) celebrate(journey)
  showFollowed()
}

/** The way shows the card that is open, else the newest event. */
function showFollowed(): void {
  const open = list.openId === null ? null : journeys.get(list.openId)
  const followed = open ?? latest
  if (followed !== null) showWay(followed)
}

function celebrate({ event, deliveries, startMs }: Journey): void {
  turnWheel()
  const elapsed = formatElapsed(Math.max(0, (deliveries[0]?.atMs ?? startMs) - startMs))
  const announcer = find(document, '#announcer', HTMLElement)
  announcer.textContent = `${nameEvent(event)} was delivered after ${elapsed}.`
}
