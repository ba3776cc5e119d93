import { describe, expect, it } from 'vitest'
import { combineOutcomes, readOutcome } from '../../queues/outcome.ts'

const fails = (error: unknown) => readOutcome({ end: { error }, requests: 1 })
const vendor = (status: number) => fails({ message: 'x', response: { status } })

describe('readOutcome', () => {
  it('is delivered when the action ended well and made a request', () => {
    const results = [{ output: 'Mappings resolved' }, { output: 'Action Executed' }]
    expect(readOutcome({ end: { results }, requests: 1 })).toEqual({ kind: 'delivered' })
  })

  it('is never delivered when the action made no request', () => {
    const results = [{ output: 'Action Executed' }]
    expect(readOutcome({ end: { results }, requests: 0 })).toEqual({
      kind: 'refused',
      reason: 'MESSAGE_REJECTED',
    })
  })

  it('is filtered when no trigger matches', () => {
    const results = [{ output: 'not subscribed' }]
    expect(readOutcome({ end: { results }, requests: 0 })).toEqual({
      kind: 'filtered',
      reason: 'NO_MATCHING_MAPPING',
    })
  })

  it.each([400, 401, 403, 404, 410, 413, 422, 501])('is refused by a vendor with %i', (status) => {
    expect(vendor(status)).toEqual({ kind: 'refused', reason: String(status) })
  })

  it.each([408, 423, 429, 500, 502, 503, 504])('is tried again after a vendor’s %i', (status) => {
    expect(vendor(status)).toEqual({ kind: 'unavailable', reason: String(status) })
  })

  it('is refused when the catalogue finds the payload invalid', () => {
    expect(fails({ status: 400, code: 'PAYLOAD_VALIDATION_FAILED' })).toEqual({
      kind: 'refused',
      reason: 'BAD_REQUEST',
    })
  })

  it.each([
    ['a time-out', { code: 'ETIMEDOUT' }, 'ETIMEDOUT'],
    ['a refused connection', new TypeError('Network connection lost.'), 'INTERNAL'],
    ['something that is no error at all', 'boom', 'INTERNAL'],
  ])('is tried again after %s', (_, error, reason) => {
    expect(fails(error)).toEqual({ kind: 'unavailable', reason })
  })
})

describe('combineOutcomes', () => {
  it.each([
    ['unavailable before all', ['delivered', 'unavailable', 'refused'], 'unavailable'],
    ['refused before delivered', ['delivered', 'refused'], 'refused'],
    ['delivered before filtered', ['filtered', 'delivered'], 'delivered'],
    ['filtered without any subscription', [], 'filtered'],
  ] as const)('%s', (_, kinds, expected) => {
    const outcomes = kinds.map((kind) => ({ kind, reason: 'x' }))
    expect(combineOutcomes(outcomes).kind).toBe(expected)
  })
})
