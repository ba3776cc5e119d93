// A day's users go into R2, and are found there.
import { abortAllDurableObjects, reset, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { hashText } from '../../../durable-objects/hash-text.ts'
import type { Intake } from '../../../durable-objects/intake/intake.ts'
import { encodeSegment } from '../../../worker/event/segment.ts'
import { eventItem } from '../../support/events.ts'

const HOUR_MS = 3_600_000
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2046-11-25T12:00:00Z') })
  vi.spyOn(console, 'error').mockReturnValue()
})
afterEach(async () => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  await reset()
})

const intake = () => env.INTAKE.getByName('shop:any:0')
async function later(ms: number): Promise<void> {
  vi.setSystemTime(Date.now() + ms)
  await runInDurableObject(intake(), (object: Intake) => object.alarm())
}
let ids = 0n
/** An event of each user, in a chunk and a run of its own. */
async function send(...users: string[]): Promise<void> {
  const items = users.map((user) => ({
    ...eventItem(++ids),
    userHash: hashText(`userId:${user}`),
    anonymousHash: hashText('anonymousId:all'),
  }))
  const receivedAtMs = Date.now()
  await intake().append([encodeSegment({ id: ++ids, source: 'shop', receivedAtMs, items })])
  await later(61_000)
  await later(HOUR_MS)
}
const rowsOf = (table: string) =>
  runInDurableObject(intake(), (_, { storage }) =>
    storage.sql
      .exec(`SELECT id FROM ${table} ORDER BY id`)
      .toArray()
      .map(({ id }) => Number(id)),
  )
const rolledKeys = async () =>
  (await env.ARCHIVE.list({ prefix: 'index/' })).objects.map(({ key }) => key)
const rolled = () => vi.waitFor(async () => expect(await rowsOf('rolled')).not.toEqual([]))
async function chunksOf(id: string, startMs = 0) {
  const found = await intake().userEvents([id], startMs)
  if (found.state !== 'found') return found.state
  return found.keys.map((key) => Number(key.match(/-(\d+)\.ndjson/)?.[1]))
}

describe('the runs of a day that is over', () => {
  it('are one object in R2 and leave the tables; a person is found in both', async () => {
    await send('ada', 'bob')
    await send('ada')
    expect(await rowsOf('run')).toEqual([1, 2, 3, 4])
    await later(13 * HOUR_MS)
    await rolled()
    expect(await rowsOf('run')).toEqual([1, 3])
    expect(await rolledKeys()).toEqual([
      expect.stringMatching(/^index\/shop\.any\.0\.[0-9a-f]{8}\/2046\/11\/25\.2-4\.bin$/),
    ])
    await send('ada', 'eve')
    for (const _ of ['before a restart', 'after it']) {
      expect(await chunksOf('userId:ada')).toEqual([1, 2, 3])
      expect(await chunksOf('userId:bob')).toEqual([1])
      expect(await chunksOf('userId:eve')).toEqual([3])
      expect(await chunksOf('userId:nobody')).toEqual([])
      expect(await chunksOf('anonymousId:all')).toEqual([1, 2, 3])
      expect(await chunksOf('userId:ada', Date.parse('2046-11-26'))).toEqual([3])
      await abortAllDurableObjects()
    }
    const [run] = (await rowsOf('run')).slice(-1)
    expect(run).toBe(6)
  })

  it('stay in the tables while R2 takes nothing, and go later', async () => {
    await send('ada')
    const put = vi.spyOn(env.ARCHIVE, 'put').mockRejectedValue(new Error('R2 is down'))
    await later(13 * HOUR_MS)
    await vi.waitFor(() => expect(put).toHaveBeenCalled())
    expect(await rowsOf('run')).toEqual([1, 2])
    expect(await chunksOf('userId:ada')).toEqual([1])
    put.mockRestore()
    await later(1_000)
    expect(await rowsOf('rolled')).toEqual([])
    await later(120_000)
    await rolled()
    expect(await rowsOf('run')).toEqual([1])
    expect(await chunksOf('userId:ada')).toEqual([1])
  })

  it('are not left out when R2 cannot be read: the answer says so', async () => {
    await send('ada')
    await later(13 * HOUR_MS)
    await rolled()
    const get = vi.spyOn(env.ARCHIVE, 'get').mockRejectedValue(new Error('R2 is down'))
    expect(await chunksOf('userId:ada')).toBe('index_unreadable')
    get.mockRestore()
    await env.ARCHIVE.delete(await rolledKeys())
    expect(await chunksOf('userId:ada')).toBe('index_unreadable')
    expect(await chunksOf('userId:ada', Date.now())).toEqual([])
  })

  it('leave their numbers taken, after a restart too', async () => {
    await send('ada')
    await later(13 * HOUR_MS)
    await rolled()
    await abortAllDurableObjects()
    await send('ada')
    expect(await rowsOf('run')).toEqual([1, 3, 4])
    expect(await chunksOf('userId:ada')).toEqual([1, 2])
  })
})
