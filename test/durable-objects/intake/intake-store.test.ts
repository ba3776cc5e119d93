import { reset, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it } from 'vitest'
import { NO_COUNTS } from '../../../durable-objects/intake/counts.ts'
import { IntakeStore } from '../../../durable-objects/intake/intake-store.ts'
import { encodePacked } from '../../../durable-objects/intake/packed-index.ts'

afterEach(reset)

const HOUR_MS = 3_600_000
const packed = encodePacked([{ hash: 7n, kind: 0, receivedAtMs: 1 }], new Set([8n]))
const chunk = (seq: number, destinations: readonly string[] = []) => ({
  seq,
  state: 'routed' as const,
  from: seq,
  to: seq,
  plannedAtMs: Math.floor(seq / 3) * HOUR_MS,
  key: `chunk ${seq}`,
  lines: 1,
  rawBytes: 10,
  crc32: 0,
  firstReceivedAtMs: 1,
  lastReceivedAtMs: 1,
  counts: { ...NO_COUNTS, events: 1 },
  destinations,
})
const inStore = <T>(work: (store: IntakeStore, sql: SqlStorage) => T) =>
  runInDurableObject(env.INTAKE.getByName('shop:any:0'), (_, { storage }) =>
    work(new IntakeStore(storage), storage.sql),
  )

describe('IntakeStore', () => {
  it('reads heads as whole rows say, however long they are', async () => {
    const chunks = [
      chunk(1),
      chunk(
        2,
        Array.from({ length: 500 }, (_, n) => `destination ${n}`),
      ),
      chunk(3),
    ]
    const heads = await inStore((store) => {
      for (const each of chunks) store.insertChunk({ ...each, packed })
      return [...store.readHeads(2)].map(({ seq, destinations }) => [seq, destinations])
    })
    expect(heads).toEqual(chunks.slice(0, 2).map(({ seq, destinations }) => [seq, destinations]))
  })

  it('forgets chunks with a row of totals for each hour', async () => {
    const { hours, written } = await inStore((store, sql) => {
      const chunks = [1, 2, 3, 4, 5, 6].map((seq) => chunk(seq))
      for (const each of chunks) store.insertChunk({ ...each, packed })
      store.forgetChunks(chunks.slice(0, 4))
      store.forgetChunks(chunks.slice(4))
      const { written } = sql.exec('SELECT count(*) AS written FROM hour').one()
      return { hours: [...store.readHours()].map(({ events }) => events), written }
    })
    expect(hours).toEqual([2, 3, 1])
    expect(written).toBe(3)
  })
})
