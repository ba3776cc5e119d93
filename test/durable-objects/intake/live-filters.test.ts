import { describe, expect, it } from 'vitest'
import {
  isWanted,
  parseFilterMessage,
  parseFilters,
} from '../../../durable-objects/intake/live-filters.ts'
import { LiveItem } from '../../../durable-objects/intake/live-item.ts'
import type { SegmentItem } from '../../../worker/event/segment.ts'

const HASHES: Record<string, bigint> = { 'userId:ada': 1n, 'anonymousId:x7': 2n }
const hash = (text: string) => HASHES[text] ?? 99n
const NONE = { type: [], name: null, user: null }

const item = (kind: SegmentItem['kind'], value: unknown, userHash = 0n) =>
  new LiveItem(
    {
      kind,
      line: new TextEncoder().encode(value === undefined ? '' : `${JSON.stringify(value)}\n`),
      messageHash: 5n,
      userHash,
      anonymousHash: 0n,
    },
    0,
  )
const order = item('event', { type: 'track', event: 'Order Completed', userId: 'ada' })
const home = item('event', { type: 'page', name: 'Home', anonymousId: 'x7' })
const nobody = item('no_user_anon_id', { type: 'track', event: 'Order Lost' })
const text = item('malformed_body', 'rubbish')
const again = item('duplicate', undefined, 1n)
const ALL = { order, home, nobody, text, again }

describe('isWanted', () => {
  it.each([
    [{}, 'order home nobody text again'],
    [{ type: ['track'] }, 'order nobody'],
    [{ type: ['page', 'track'] }, 'order home nobody'],
    [{ type: ['alias'] }, ''],
    [{ name: 'ORDER' }, 'order nobody'],
    [{ name: 'om' }, 'order home'],
    [{ user: 'ada' }, 'order again'],
    [{ user: 'x7' }, 'home'],
    [{ user: 'x' }, ''],
    [{ type: ['track'], user: 'ada' }, 'order'],
  ])('with %j lets through: %s', (given, expected) => {
    const parsed = parseFilters(given)
    if ('fault' in parsed) throw new Error(parsed.fault)
    const wanted = Object.entries(ALL).filter(([, each]) => isWanted(each, parsed.filters, hash))
    expect(wanted.map(([name]) => name).join(' ')).toBe(expected)
  })
})

describe('parseFilters', () => {
  it.each([
    [{ type: ['click'] }, 'type.0 must be one of track, identify, page, screen, group, alias'],
    [{ type: 'track' }, 'type must be a list of track, identify, page, screen, group, alias'],
    [{ name: 7 }, 'name must be a text'],
    [{ user: 'u'.repeat(257) }, 'user has more than 256 characters'],
    [{ event: 'x' }, 'event is no filter'],
  ])('refuses %j', (given, fault) => {
    expect(parseFilters(given)).toEqual({ fault })
  })
})

describe('parseFilterMessage', () => {
  it('reads all filters anew', () => {
    expect(parseFilterMessage('{"filters":{"type":["page"]}}')).toEqual({
      filters: { ...NONE, type: ['page'] },
    })
    expect(parseFilterMessage('{"filters":{}}')).toEqual({ filters: NONE })
  })

  it.each([
    ['hello', 'the message is not JSON'],
    ['7', 'the message must be {"filters":{…}}'],
    ['{}', 'filters must be {"filters":{…}}'],
    ['{"filters":7}', 'filters must be an object'],
    ['{"filters":{},"pause":true}', 'pause is not known'],
    ['{"filters":{"name":{}}}', 'filters.name must be a text'],
  ])('refuses %s', (message, fault) => {
    expect(parseFilterMessage(message)).toEqual({ fault })
  })
})
