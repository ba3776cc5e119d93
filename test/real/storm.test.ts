import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LOCAL_ADMIN_TOKEN, LOCAL_SOURCE_ID, LOCAL_WRITE_KEY } from './soak/soak-workspace.ts'
import { type RunningWorker, startWorker } from './soak/start-worker.ts'
import { sendStorm } from './support/storm.ts'

describe('B7, a storm of copies from many tabs', () => {
  let worker: RunningWorker
  beforeAll(async () => {
    worker = await startWorker()
  })
  afterAll(() => worker?.end())

  const ask = (path: string) =>
    fetch(`${worker.url}/api/sources/${LOCAL_SOURCE_ID}/${path}`, {
      headers: { authorization: `Bearer ${LOCAL_ADMIN_TOKEN}` },
    })

  it('of 10,000 requests with 25 events: 25 lines, 9,975 duplicates in the books, all answered with 200, flood control off', async () => {
    const ids = Array.from({ length: 25 }, (_, n) => `storm-${n}`)
    const storm = { url: worker.url, writeKey: LOCAL_WRITE_KEY, ids, requests: 10_000 }
    expect(await sendStorm(storm)).toEqual(new Set([200]))
    const balance = async () => (await (await ask('balance')).json()) as object
    const data = { received: 10_000, duplicates: 9_975, discards: {}, archived: 25 }
    await expect.poll(balance, { timeout: 60_000, interval: 200 }).toEqual({ data })
    const lines = (await (await ask('archive?start=2020-01-01T00:00:00Z')).text())
      .trim()
      .split('\n')
    expect(lines.map((line) => JSON.parse(line).messageId).sort()).toEqual([...ids].sort())
  })
})
