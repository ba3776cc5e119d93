// Server SDKs as their users run them, over a wire that loses answers: each event arrives once, whole.
import { Analytics as CustomerIo } from '@customerio/cdp-analytics-node'
import Rudder from '@rudderstack/rudder-sdk-node'
import { Analytics as Segment } from '@segment/analytics-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectIntact, sentItems } from '../support/intact.ts'
import { readArchive } from './support/read-back.ts'
import { newPlace, type StartedMillrace, startMillrace } from './support/started-millrace.ts'
import { type Fault, openWire, type Wire } from './support/wire.ts'

const WRITE_KEY = 'local-write-key-0000000000000000'
/** After this an SDK gives up an answer that does not come. */
const SDK_TIMEOUT_MS = 1_500
const SENT_MS = 15_000
const TEST_MS = 60_000

/** What the six calls take, in the words that all three SDKs share. */
interface SixCalls {
  readonly identify: (call: object) => unknown
  readonly group: (call: object) => unknown
  readonly track: (call: object) => unknown
  readonly page: (call: object) => unknown
  readonly screen: (call: object) => unknown
  readonly alias: (call: object) => unknown
}

/** An SDK that runs against a URL. */
interface Running {
  readonly calls: SixCalls
  readonly end: () => Promise<unknown>
  /** Whether it counts a batch as failed, and does not send it again, when no answer comes in time. */
  readonly dropsLateAnswers?: boolean
}

const SDKS: readonly [string, (url: string) => Running][] = [
  [
    '@segment/analytics-node',
    (host) => {
      const settings = { flushAt: 4, httpRequestTimeout: SDK_TIMEOUT_MS }
      const sdk = new Segment({ writeKey: WRITE_KEY, host, ...settings })
      return { calls: asSixCalls(sdk), end: () => sdk.closeAndFlush({ timeout: TEST_MS }) }
    },
  ],
  [
    '@customerio/cdp-analytics-node',
    (host) => {
      const settings = { maxEventsInBatch: 4, httpRequestTimeout: SDK_TIMEOUT_MS }
      const sdk = new CustomerIo({ writeKey: WRITE_KEY, host, ...settings })
      return { calls: asSixCalls(sdk), end: () => sdk.closeAndFlush({ timeout: TEST_MS }) }
    },
  ],
  ...[true, false].map((gzip) => rudder(gzip)),
]

function rudder(gzip: boolean): (typeof SDKS)[number] {
  return [
    `@rudderstack/rudder-sdk-node, ${gzip ? 'gzip' : 'plain'}`,
    (dataPlaneUrl) => {
      const axiosConfig = { timeout: SDK_TIMEOUT_MS }
      const errorHandler = () => {}
      const sdk = new Rudder(WRITE_KEY, {
        dataPlaneUrl,
        flushAt: 4,
        gzip,
        axiosConfig,
        errorHandler,
      })
      return { calls: asSixCalls(sdk), end: () => sdk.flush(), dropsLateAnswers: true }
    },
  ]
}

/** Their types differ in what they forbid; the calls are the same. */
const asSixCalls = (sdk: unknown) => sdk as SixCalls

let millrace: StartedMillrace
beforeAll(async () => {
  millrace = await startMillrace(await newPlace())
})
afterAll(() => millrace.end('SIGKILL'))

function callAll(calls: SixCalls): void {
  const ids = { userId: 'ada', anonymousId: 'a-1' }
  const rich = {
    ünï: '☃ 😀',
    nested: { list: [1, 'two', null, { deep: true }] },
    zero: 0,
    no: false,
  }
  const context = { ip: '203.0.113.9', campaign: { name: 'spring' } }
  const timestamp = new Date('2026-02-03T04:05:06.789Z')
  calls.identify({ ...ids, traits: { email: 'ada@example.com', ...rich }, timestamp })
  calls.group({ ...ids, groupId: 'mill', traits: { name: 'Lower Mill', ...rich }, context })
  calls.track({ ...ids, event: 'Order Completed', properties: rich, context, timestamp })
  calls.page({ ...ids, name: 'Home', properties: rich, integrations: { All: false } })
  calls.screen({ ...ids, name: 'Cart', properties: rich })
  calls.alias({ userId: 'ada', previousId: 'a-1' })
}

const sentOver = (wire: Wire) => wire.sent.flatMap(({ path, body }) => sentItems(body, path))

describe.each(SDKS)('%s', (_, load) => {
  it.each<[string, Fault[]]>([
    ['nothing happens', []],
    ['an answer is lost, so that it sends the batch again', ['lose']],
    ['an answer does not come in its time', ['hang']],
    ['it is refused at first', ['refuse']],
  ])('has each event in the archive once and whole when %s', async (_, faults) => {
    const wire = await openWire(millrace.url, faults)
    try {
      const { calls, end, dropsLateAnswers = false } = load(wire.url)
      callAll(calls)
      await end()
      const byId = () => new Map(sentOver(wire).map((item) => [item.messageId, item]))
      const poll = { timeout: SENT_MS, interval: 100 }
      await expect.poll(() => byId().size, poll).toBe(6)
      const repeats = () => sentOver(wire).length - byId().size
      const resends = faults.length > 0 && !(faults.includes('hang') && dropsLateAnswers)
      if (resends) await expect.poll(repeats, poll).toBeGreaterThan(0)
      const ids = [...byId().keys()].sort()
      const arrived = async () =>
        (await readArchive(millrace)).filter(({ messageId }) => ids.includes(messageId))
      const arrivedIds = async () => (await arrived()).map(({ messageId }) => messageId).sort()
      await expect.poll(arrivedIds, poll).toEqual(ids)
      for (const line of await arrived()) expectIntact(byId().get(line.messageId), line)
    } finally {
      await wire.close()
    }
  })
})
