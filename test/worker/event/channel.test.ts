import { describe, expect, it } from 'vitest'
import { readChannel } from '../../../worker/event/channel.ts'

const library = (name: string) => ({ context: { library: { name } } })

describe('readChannel', () => {
  it.each([
    ['analytics-ios', 'mobile'],
    ['analytics-android', 'mobile'],
    ['analytics-swift', 'mobile'],
    ['analytics-kotlin', 'mobile'],
    ['@segment/analytics-react-native', 'mobile'],
    ['analytics.js', 'browser'],
    ['RudderLabs JavaScript SDK', 'browser'],
    ['@segment/analytics-node', 'server'],
    ['analytics-python', 'server'],
    ['analytics-ruby', 'server'],
    ['analytics-java', 'server'],
  ])('knows %s as %s, even on the path of servers, where classic iOS posts', (name, channel) => {
    expect(readChannel(library(name), false)).toBe(channel)
  })

  it.each([
    [{ channel: 'server' }, true, 'server'],
    [{ channel: 'web' }, false, 'browser'],
    [{ channel: 'mobile' }, false, 'mobile'],
  ])('believes the event before its path: %j', (event, isClientPath, channel) => {
    expect(readChannel(event, isClientPath)).toBe(channel)
  })

  it.each([
    [true, 'browser'],
    [false, 'server'],
  ])('goes by the path where nothing else speaks', (isClientPath, channel) => {
    for (const context of [undefined, null, 'x', {}, { library: 7 }, { library: { name: 7 } }]) {
      expect(readChannel({ context, channel: 'radio' }, isClientPath)).toBe(channel)
    }
  })
})
