import { describe, expect, it } from 'vitest'
import { IdCount } from '../../../bench/speed/count-ids.ts'
import { cutEvent, makeReadyRequests, messageIdOf } from '../../../bench/speed/make-requests.ts'
import { generateTexts } from '../../../bench/speed/read-texts.ts'

const making = { writeKey: 'key', firstId: 5, requests: 2 }
const texts = [
  cutEvent({ type: 'track', event: 'A', messageId: 'own', writeKey: 'own' }),
  cutEvent({ type: 'track', event: 'B' }),
]
const read = (made: ReturnType<typeof makeReadyRequests>) =>
  made.map(({ path, body }) => ({ path, body: JSON.parse(new TextDecoder().decode(body)) }))

describe('makeReadyRequests', () => {
  it('makes calls of one event, each with an id of its own', () => {
    expect(read(makeReadyRequests({ ...making, texts, eventsPerRequest: 1 }))).toEqual([
      {
        path: '/v1/t',
        body: { writeKey: 'key', type: 'track', event: 'B', messageId: 'speed-0000000005' },
      },
      {
        path: '/v1/t',
        body: { writeKey: 'key', type: 'track', event: 'A', messageId: 'speed-0000000006' },
      },
    ])
  })

  it('makes batches whose ids go on from one to the next', () => {
    const made = read(makeReadyRequests({ ...making, texts, eventsPerRequest: 3 }))
    expect(made.map(({ path }) => path)).toEqual(['/v1/batch', '/v1/batch'])
    expect(made.map(({ body }) => body.writeKey)).toEqual(['key', 'key'])
    const ids = made.flatMap(({ body }) =>
      body.batch.map(({ messageId }: { messageId: string }) => messageId),
    )
    expect(ids).toEqual([5, 6, 7, 8, 9, 10].map(messageIdOf))
  })

  it('keeps all of a generated event but its id', () => {
    const [text] = generateTexts().texts
    const made = makeReadyRequests({
      ...making,
      texts: text === undefined ? [] : [text],
      eventsPerRequest: 1,
    })
    expect(read(made)[0]?.body).toMatchObject({
      messageId: messageIdOf(5),
      context: { library: { name: 'analytics.js' } },
      integrations: { 'Segment.io': true },
    })
  })
})

describe('IdCount', () => {
  const lineOf = (number: number) => `{"event":"A","messageId":"${messageIdOf(number)}","x":1}\n`
  const count = (text: string, sent: number) => {
    const ids = new IdCount(sent)
    ids.add(text)
    return ids.held()
  }

  it('is content when each event is there once', () => {
    const text = lineOf(1) + lineOf(0) + lineOf(2)
    expect(count(text, 3)).toEqual({ missing: 0, again: 0, strange: 0 })
  })

  it('sees what is missing, what is there again, and what was never sent', () => {
    const text = `${[1, 1, 1, 9].map(lineOf).join('')}{"event":"B"}\n`
    expect(count(text, 3)).toEqual({ missing: 2, again: 1, strange: 2 })
  })

  it('counts over all objects together', () => {
    const ids = new IdCount(2)
    ids.add(lineOf(0))
    ids.add(lineOf(1) + lineOf(0))
    expect(ids.held()).toEqual({ missing: 0, again: 1, strange: 0 })
  })
})
