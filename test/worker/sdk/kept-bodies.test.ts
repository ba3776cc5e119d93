import { reset } from 'cloudflare:test'
import { brotliDecompressSync } from 'node:zlib'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { KeptBodies } from '../../../worker/sdk/kept-bodies.ts'

afterEach(async () => {
  vi.restoreAllMocks()
  await reset()
})

const read = (bytes: Uint8Array) => new TextDecoder().decode(brotliDecompressSync(bytes))
const cacheFails = () => vi.spyOn(caches, 'open').mockRejectedValue(new Error('no cache'))

describe('a kept body', () => {
  it('is made once in an isolate, for each coding', async () => {
    const kept = new KeptBodies()
    const makeText = vi.fn(() => 'the script')
    const [first] = [await kept.get('key', 'br', makeText), await kept.get('key', 'br', makeText)]
    expect(makeText).toHaveBeenCalledTimes(1)
    expect(read(first.bytes)).toBe('the script')
    expect((await kept.get('key', 'gzip', makeText)).etag).not.toBe(first.etag)
    expect(makeText).toHaveBeenCalledTimes(2)
  })

  it('is made once for requests that come at the same time', async () => {
    const kept = new KeptBodies()
    const get = () => kept.get('key', 'br', () => 'the script')
    const [first, ...others] = await Promise.all([get(), get(), get()])
    for (const other of others) expect(other).toBe(first)
  })

  it('is another one for another text', async () => {
    const kept = new KeptBodies()
    const one = await kept.get('one', 'br', () => 'one')
    expect((await kept.get('two', 'br', () => 'two')).etag).not.toBe(one.etag)
  })

  it('is compressed once in a place: the next isolate finds it in the cache', async () => {
    const { etag } = await new KeptBodies().get('key', 'br', () => 'shared')
    const cache = await caches.open('scripts')
    const headers = { 'cache-control': 'max-age=60' }
    const address = `https://kept.invalid/${etag.slice(1, -1)}`
    expect(await cache.match(address)).toBeDefined()
    await cache.put(address, new Response(new Uint8Array([1, 2, 3]), { headers }))
    const { bytes } = await new KeptBodies().get('key', 'br', () => 'shared')
    expect([...bytes]).toEqual([1, 2, 3])
  })

  it('is made all the same where there is no cache', async () => {
    vi.spyOn(console, 'error').mockReturnValue()
    cacheFails()
    const { bytes } = await new KeptBodies().get('key', 'br', () => 'alone')
    expect(read(bytes)).toBe('alone')
  })
})
