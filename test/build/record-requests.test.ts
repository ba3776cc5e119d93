import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fetch, recordRequests } from '../../queues/catalog/stand-ins/cross-fetch.ts'

beforeEach(() => {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const url = input instanceof Request ? input.url : String(input)
    if (url.endsWith('/down')) throw new TypeError('no connection')
    return new Response('{}', { status: url.endsWith('/missing') ? 404 : 200 })
  })
})
afterEach(() => {
  vi.restoreAllMocks()
})

describe('recordRequests', () => {
  it('gives the value of a run and its requests in the order of their start', async () => {
    const run = async () => {
      await Promise.all([
        fetch('https://a.example/missing', { method: 'put' }),
        fetch(new Request('https://a.example/', { method: 'POST', body: 'x' })),
        fetch(new URL('https://a.example/plain')),
      ])
      return 'done'
    }
    expect(await recordRequests(run)).toEqual({
      outcome: { ok: true, value: 'done' },
      requests: [
        { method: 'PUT', url: 'https://a.example/missing', status: 404 },
        { method: 'POST', url: 'https://a.example/', status: 200 },
        { method: 'GET', url: 'https://a.example/plain', status: 200 },
      ],
    })
  })

  it('leaves the body of a request to the one that is sent', async () => {
    const request = new Request('https://a.example/', { method: 'POST', body: 'x' })
    await recordRequests(() => fetch(request))
    expect(request.bodyUsed).toBe(false)
    expect(vi.mocked(globalThis.fetch).mock.calls).toEqual([[request]])
  })

  it('gives the requests of a run that rejects', async () => {
    const error = new Error('refused by the vendor')
    const run = async () => {
      await fetch('https://a.example/')
      throw error
    }
    expect(await recordRequests(run)).toEqual({
      outcome: { ok: false, error },
      requests: [{ method: 'GET', url: 'https://a.example/', status: 200 }],
    })
  })

  it('gives a request that got no answer, without a status', async () => {
    const { outcome, requests } = await recordRequests(() => fetch('https://a.example/down'))
    expect(outcome).toMatchObject({ ok: false, error: { message: 'no connection' } })
    expect(requests).toStrictEqual([{ method: 'GET', url: 'https://a.example/down' }])
  })

  it('catches a run that throws before its promise', async () => {
    const error = new Error('too early')
    const run = () => {
      throw error
    }
    expect(await recordRequests(run)).toEqual({ outcome: { ok: false, error }, requests: [] })
  })

  it('keeps concurrent runs apart', async () => {
    const run = (url: string) => recordRequests(() => fetch(url))
    const both = await Promise.all([run('https://a.example/'), run('https://b.example/')])
    expect(both.map(({ requests }) => requests.map(({ url }) => url))).toEqual([
      ['https://a.example/'],
      ['https://b.example/'],
    ])
  })

  it('stops before the request that the guard refuses', async () => {
    let allowed = 1
    const beforeRequest = () => {
      allowed -= 1
      if (allowed < 0) throw new Error('lease lost')
    }
    const run = async () => {
      await fetch('https://a.example/1')
      await fetch('https://a.example/2')
    }
    expect(await recordRequests(run, { beforeRequest })).toEqual({
      outcome: { ok: false, error: new Error('lease lost') },
      requests: [{ method: 'GET', url: 'https://a.example/1', status: 200 }],
    })
    expect(globalThis.fetch).toHaveBeenCalledTimes(1)
  })

  it('does not touch a fetch outside of a run', async () => {
    expect((await fetch('https://a.example/missing')).status).toBe(404)
  })
})
