import { describe, expect, it } from 'vitest'
import { FrameBuffer } from '../../../durable-objects/intake/live-frame.ts'

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)
const take = (buffer: FrameBuffer, nowMs: number) => JSON.parse(buffer.take(nowMs) ?? 'null')

function bufferOf(items: readonly (number | string)[]): FrameBuffer {
  const buffer = new FrameBuffer()
  for (const item of items) buffer.push(JSON.stringify(item))
  return buffer
}

describe('FrameBuffer', () => {
  it('has no frame and no wait while nothing waits', () => {
    const buffer = new FrameBuffer()
    expect([buffer.take(0), buffer.waitMs(0)]).toEqual([null, null])
  })

  it('gives a first frame at once, and the next 100 ms later', () => {
    const buffer = bufferOf([1])
    expect(buffer.take(5_000)).toBe('{"items":[1],"dropped":0}')
    buffer.push('2')
    expect([buffer.waitMs(5_000), buffer.take(5_099)]).toEqual([100, null])
    expect(take(buffer, 5_100)).toEqual({ items: [2], dropped: 0 })
  })

  it('puts at most 100 items into a frame, in order', () => {
    const buffer = bufferOf(numbers(1, 250))
    const frames = [0, 100, 200, 300].map((nowMs) => take(buffer, nowMs))
    expect(frames.map((frame) => frame?.items)).toEqual([
      numbers(1, 100),
      numbers(101, 200),
      numbers(201, 250),
      undefined,
    ])
  })

  it('drops the oldest beyond 1,000, and says so once', () => {
    const buffer = bufferOf(numbers(1, 1_007))
    expect(take(buffer, 0)).toEqual({ items: numbers(8, 107), dropped: 7 })
    expect(take(buffer, 100)).toMatchObject({ dropped: 0 })
  })

  it('keeps frames under 131,072 characters, but for a single item that is longer', () => {
    const half = 'x'.repeat(70_000)
    const buffer = bufferOf([half, half, 'y'.repeat(200_000), 1])
    const counts = [0, 100, 200, 300].map((nowMs) => take(buffer, nowMs)?.items.length)
    expect(counts).toEqual([1, 1, 1, 1])
  })

  it('holds at most 4 MiB, and the newest item whatever its size', () => {
    const buffer = bufferOf(Array.from({ length: 130 }, () => 'x'.repeat(32_766)))
    expect(take(buffer, 0)).toMatchObject({ dropped: 2 })
    buffer.push(JSON.stringify('y'.repeat(5_000_000)))
    expect(take(buffer, 100).items[0]).toHaveLength(5_000_000)
  })

  it('is not stopped by a clock that is set back', () => {
    const buffer = bufferOf([1])
    buffer.take(5_000)
    buffer.push('2')
    expect(take(buffer, 1_000)).toMatchObject({ items: [2] })
  })
})
