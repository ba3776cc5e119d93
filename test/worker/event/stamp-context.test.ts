import { describe, expect, it } from 'vitest'
import type { Channel } from '../../../worker/event/channel.ts'
import type { RequestFacts } from '../../../worker/event/request-facts.ts'
import { stampContext } from '../../../worker/event/stamp-context.ts'
import { facts } from '../../support/facts.ts'

const EDGE = { city: 'Oulu', country: 'FI', timezone: 'Europe/Helsinki' }
const CHROME = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36'
const stamp = (context: unknown, channel: Channel, known: Partial<RequestFacts> = {}) =>
  stampContext(context, {
    channel,
    facts: facts({ ip: '203.0.113.77', userAgent: CHROME, edge: EDGE, ...known }),
    ipPolicy: 'keep',
  })

describe('stampContext', () => {
  it('gives a browser its address, place, user agent and bot score', () => {
    expect(stamp({ locale: 'fi' }, 'browser')).toEqual({
      locale: 'fi',
      ip: '203.0.113.77',
      userAgent: CHROME,
      edge: EDGE,
      bot: { score: 0 },
    })
  })

  it('gives an app its address and place, and no user agent of a networking library', () => {
    expect(stamp({}, 'mobile')).toEqual({ ip: '203.0.113.77', edge: EDGE })
  })

  it('gives a server nothing', () => {
    expect(stamp({ library: { name: 'analytics-node' } }, 'server')).toEqual({
      library: { name: 'analytics-node' },
    })
    expect(stamp(undefined, 'server')).toBeUndefined()
  })

  it('takes a server that says `direct` for the person’s own device', () => {
    expect(stamp({ direct: true }, 'server')).toMatchObject({ ip: '203.0.113.77', edge: EDGE })
  })

  it('names no place beside an address that the client named: it is not that address’s', () => {
    expect(stamp({ ip: '198.51.100.1' }, 'browser')).not.toHaveProperty('edge')
  })

  it('writes over nothing that the client says', () => {
    const own = { ip: '198.51.100.1', userAgent: 'Own/1.0', edge: 'own' }
    expect(stamp(own, 'browser')).toMatchObject(own)
  })

  it('scores a bot and drops nothing', () => {
    const userAgent = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'
    expect(stamp({}, 'browser', { userAgent })).toMatchObject({ bot: { score: 1 } })
  })

  it.each(['text', 7, true, [[]]])('leaves a context that is no object as it is: %j', (context) => {
    expect(stamp(context, 'browser')).toBe(context)
  })
})
