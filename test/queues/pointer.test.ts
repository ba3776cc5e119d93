import { describe, expect, it } from 'vitest'
import { encodePointer, readPointer } from '../../queues/pointer.ts'

const pointer = {
  destination: 'local-webhook',
  intake: 'shop.any.0.deadbeef',
  chunk: 3,
  key: 'archive/shop/2026/11/25/07/shop.any.0.deadbeef-0000000003.ndjson.gz',
  lines: 900,
}

describe('a pointer', () => {
  it('is read as it was written', () => {
    expect(readPointer(encodePointer(pointer))).toEqual({ kind: 'pointer', pointer })
  })

  it('is written in version 1', () => {
    expect(encodePointer(pointer)).toEqual({
      v: 1,
      d: 'local-webhook',
      i: 'shop.any.0.deadbeef',
      c: 3,
      k: 'archive/shop/2026/11/25/07/shop.any.0.deadbeef-0000000003.ndjson.gz',
      n: 900,
    })
  })

  it('of a later version says so', () => {
    expect(readPointer({ v: 2, x: 1 })).toEqual({ kind: 'unknown-version', version: 2 })
  })

  it.each([[null], ['text'], [{}], [{ v: 1, d: 7 }]])('is not read from %j', (body) => {
    expect(readPointer(body)).toEqual({ kind: 'unreadable' })
  })
})
