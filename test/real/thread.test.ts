import { Analytics } from '@segment/analytics-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { countIds, readArchive, readDelivered } from './support/read-back.ts'
import { newPlace, type StartedMillrace, startMillrace } from './support/started-millrace.ts'
import { sendStorm } from './support/storm.ts'

const WRITE_KEY = 'local-write-key-0000000000000000'
/** A click is archived and delivered within this time. */
const CLICK_MS = 4_000

let millrace: StartedMillrace
beforeAll(async () => {
  millrace = await startMillrace(await newPlace())
})
afterAll(() => millrace.end('SIGKILL'))

const once = (ids: readonly string[]) => Object.fromEntries(ids.map((id) => [id, 1]))
/** The named ids among what was seen, with their counts. */
async function counted(read: typeof readArchive, ids: readonly string[]) {
  const counts = countIds(await read(millrace))
  return Object.fromEntries(Object.entries(counts).filter(([id]) => ids.includes(id)))
}

describe('@segment/analytics-node against a started Millrace', () => {
  it('has each event in the archive once and at the webhook once, within four seconds', async () => {
    const analytics = new Analytics({ writeKey: WRITE_KEY, host: millrace.url, flushAt: 7 })
    const errors: unknown[] = []
    analytics.on('error', (error) => errors.push(error))
    const ids = Array.from({ length: 40 }, (_, n) => `node-${n}`)
    for (const messageId of ids) {
      analytics.track({ userId: 'ada', event: 'Order Completed', messageId, properties: { n: 1 } })
    }
    analytics.identify({ userId: 'ada', traits: { email: 'ada@example.com' } })
    analytics.group({ userId: 'ada', groupId: 'mill', traits: { name: 'Mill' } })
    analytics.page({ userId: 'ada', name: 'Home' })
    analytics.screen({ userId: 'ada', name: 'Home' })
    analytics.alias({ userId: 'ada', previousId: 'a1' })
    await analytics.closeAndFlush()
    const poll = { timeout: CLICK_MS, interval: 100 }
    await expect.poll(() => counted(readArchive, ids), poll).toEqual(once(ids))
    await expect.poll(() => counted(readDelivered, ids), poll).toEqual(once(ids))
    const types = async () => new Set((await readDelivered(millrace)).map(({ type }) => type))
    const six = new Set(['alias', 'group', 'identify', 'page', 'screen', 'track'])
    await expect.poll(types, poll).toEqual(six)
    expect(errors).toEqual([])
  })

  it('delivers what the archive holds, field for field', async () => {
    const [archived] = (await readArchive(millrace)).filter(
      ({ messageId }) => messageId === 'node-3',
    )
    const [delivered] = (await readDelivered(millrace)).filter(
      ({ messageId }) => messageId === 'node-3',
    )
    expect(delivered).toEqual(archived)
    expect(archived).toMatchObject({
      type: 'track',
      event: 'Order Completed',
      userId: 'ada',
      properties: { n: 1 },
      context: { library: { name: '@segment/analytics-node' } },
    })
  })
})

describe('B7, a storm of copies from many tabs', () => {
  it('has each of 25 events in the archive and at the webhook once', async () => {
    const ids = Array.from({ length: 25 }, (_, n) => `storm-${n}`)
    const storm = { url: millrace.url, writeKey: WRITE_KEY, ids, requests: 1_000 }
    expect(await sendStorm(storm)).toEqual(new Set([200]))
    const poll = { timeout: 30_000, interval: 200 }
    await expect.poll(() => counted(readArchive, ids), poll).toEqual(once(ids))
    await expect.poll(() => counted(readDelivered, ids), poll).toEqual(once(ids))
  })
})

describe('a client that sends too much', () => {
  it.each([600_000, 6_000_000])(
    'gets 400 for %i bytes, and its next event is taken',
    async (bytes) => {
      const post = (body: string) => fetch(`${millrace.url}/v1/track`, { method: 'POST', body })
      const event = { writeKey: WRITE_KEY, userId: 'u', event: 'E', messageId: `after-${bytes}` }
      const response = await post(JSON.stringify({ ...event, pad: 'x'.repeat(bytes) }))
      expect([response.status, await response.json()]).toMatchObject([
        400,
        { code: 'invalid_request', message: 'Exceed payload limit: more than 524288 bytes' },
      ])
      const next = await post(JSON.stringify(event))
      expect([next.status, await next.json()]).toEqual([200, { success: true }])
    },
  )
})
