import { reset, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2046-11-25T12:00:00Z') })
})
afterEach(async () => {
  vi.useRealTimers()
  await reset()
})

const intake = () => env.INTAKE.getByName('shop:any:0')
const rows = () =>
  runInDurableObject(intake(), (_, { storage }) =>
    storage.sql.exec('SELECT hash, expires FROM ticket ORDER BY expires').toArray(),
  )
const issue = async () => (await intake().issueLiveTicket()).ticket

describe('a ticket', () => {
  it('is 256 random bits, and holds for a minute', async () => {
    const [one, other] = [await intake().issueLiveTicket(), await intake().issueLiveTicket()]
    expect(Buffer.from(one.ticket, 'base64url')).toHaveLength(32)
    expect(one.ticket).not.toBe(other.ticket)
    expect(one.expiresAt).toBe('2046-11-25T12:01:00.000Z')
  })

  it('holds once, and nothing is left of it', async () => {
    const ticket = await issue()
    expect(await intake().redeemLiveTicket(ticket)).toBe(true)
    expect(await intake().redeemLiveTicket(ticket)).toBe(false)
    expect(await rows()).toEqual([])
  })

  it('lies there as its hash only', async () => {
    const ticket = await issue()
    const hash = createHash('sha256').update(ticket).digest('hex')
    expect(await rows()).toEqual([{ hash, expires: Date.parse('2046-11-25T12:01:00Z') }])
    expect(await intake().redeemLiveTicket(hash)).toBe(false)
  })

  it.each([
    ['12:00:59.999', true],
    ['12:01:00.000', false],
  ])('at %s holds: %s', async (time, holds) => {
    const ticket = await issue()
    vi.setSystemTime(new Date(`2046-11-25T${time}Z`))
    expect(await intake().redeemLiveTicket(ticket)).toBe(holds)
    expect(await rows()).toEqual([])
  })

  it('goes with the next one that is issued after its time', async () => {
    await issue()
    vi.setSystemTime(new Date('2046-11-25T12:02:00Z'))
    await issue()
    expect(await rows()).toHaveLength(1)
  })

  it('is one of 100 at most: one more ends the oldest', async () => {
    const tickets: string[] = []
    for (let n = 0; n < 101; n += 1) {
      tickets.push(await issue())
      vi.setSystemTime(Date.now() + 1)
    }
    expect(await rows()).toHaveLength(100)
    const [first = '', second = ''] = tickets
    expect(await intake().redeemLiveTicket(first)).toBe(false)
    expect(await intake().redeemLiveTicket(second)).toBe(true)
  })

  it('is unknown to an Intake that never issued one', async () => {
    expect(await intake().redeemLiveTicket('x'.repeat(43))).toBe(false)
  })
})
