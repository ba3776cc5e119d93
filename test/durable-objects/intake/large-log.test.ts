import { reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { hashText } from '../../../durable-objects/hash-text.ts'
import { encodeSegment } from '../../../worker/event/segment.ts'

const EVENTS = 75
const LINE_BYTES = 1_000_000

beforeEach(() => {
  vi.spyOn(console, 'error').mockReturnValue()
  vi.spyOn(env.ARCHIVE, 'put').mockRejectedValue(new Error('R2 is down'))
})
afterEach(async () => {
  vi.restoreAllMocks()
  await reset()
})

const intake = () => env.INTAKE.getByName('shop:any:0')
const line = (n: number) =>
  new TextEncoder().encode(`${JSON.stringify({ n }).padEnd(LINE_BYTES)}\n`)

/** Everybody's event has a megabyte and one person's id, and one that all share. */
async function fillLog(): Promise<void> {
  for (let n = 1; n <= EVENTS; n += 1) {
    const item = {
      kind: 'event' as const,
      line: line(n),
      messageHash: hashText(`shop\0m${n}`),
      userHash: hashText(`userId:u${n}`),
      anonymousHash: hashText('anonymousId:all'),
    }
    const known = { id: BigInt(n), source: 'shop', receivedAtMs: Date.now() }
    await intake().append([encodeSegment({ ...known, items: [item] })])
  }
}

describe('look-ups while over 64 MiB of the log wait for R2', () => {
  it('find what is wanted, and say so when that is too much', async () => {
    await fillLog()
    for (const n of [1, 40, EVENTS]) {
      const occurrences = await intake().receipts(`m${n}`)
      expect(occurrences).toMatchObject([{ kind: 'event', state: 'logged' }])
      expect(JSON.parse(occurrences[0]?.text ?? '')).toEqual({ n })
      const events = await intake().userEvents([`userId:u${n}`], 0)
      expect(events).toMatchObject({ state: 'found', keys: [] })
      expect('lines' in events && events.lines.map((each) => JSON.parse(each))).toEqual([{ n }])
    }
    expect(await intake().userEvents(['anonymousId:all'], 0)).toMatchObject({
      state: 'log_too_large',
    })
  }, 60_000)
})
