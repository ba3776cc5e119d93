import { abortAllDurableObjects, reset, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Intake } from '../../../durable-objects/intake/intake.ts'
import { sweepSpool } from '../../../durable-objects/intake/sweep-spool.ts'
import { appendSegments } from '../../../worker/accept/append.ts'
import { encodeSpooled, spoolKey } from '../../../worker/event/spooled.ts'
import { sweepSpools } from '../../../worker/sweep.ts'
import { segment } from '../../support/events.ts'

const NAME = 'shop:any:0'
const REMEMBERED_MS = 26.1 * 3_600_000
const reported = vi.fn()
beforeEach(() => {
  reported.mockClear()
  vi.spyOn(console, 'error').mockImplementation(reported)
})
afterEach(async () => {
  vi.restoreAllMocks()
  vi.useRealTimers()
  await reset()
})

const intake = () => env.INTAKE.getByName(NAME)
const spool = (id: string, ...segments: Uint8Array[]) =>
  env.ARCHIVE.put(spoolKey(NAME, { atMs: 1_000, uuid: id }), encodeSpooled(segments))
const spooled = async () =>
  (await env.ARCHIVE.list({ prefix: 'spool/' })).objects.map(({ key }) => key)
/** A bucket with three groups, which gives the first in its own way. */
function bucketWith(giveFirst: () => Promise<never>) {
  const left = new Set(['a', 'b', 'c'])
  const give = async () => ({
    uploaded: new Date(),
    arrayBuffer: async () => encodeSpooled([segment(1n, [1n])]).buffer,
  })
  return {
    left,
    list: async () => ({ objects: [...left].map((key) => ({ key })), truncated: false }),
    get: (key: string) => (key === 'a' ? giveFirst() : give()),
    delete: async (key: string) => void left.delete(key),
  }
}

function sweepOf(bucket: ReturnType<typeof bucketWith>) {
  const append = async () => ({ state: 'durable' })
  return sweepSpool({ bucket: bucket as unknown as R2Bucket, name: NAME, append })
}

describe('a sweep of the spool', () => {
  it('takes in every group once, and leaves nothing', async () => {
    await spool('a', segment(1n, [10n]), segment(2n, [20n, 10n]))
    await spool('b', segment(3n, [30n]))
    await sweepSpools(env)
    expect(await spooled()).toEqual([])
    expect(await intake().totals()).toMatchObject({ events: 3, duplicates: 1 })
  })

  it('counts nothing twice of what the log had already, or of what it could not delete', async () => {
    await intake().append([segment(1n, [10n])])
    await spool('a', segment(1n, [10n]))
    const remove = vi.spyOn(env.ARCHIVE, 'delete').mockRejectedValueOnce(new Error('R2 is down'))
    await sweepSpools(env)
    expect(await spooled()).toHaveLength(1)
    remove.mockRestore()
    await sweepSpools(env)
    expect(await spooled()).toEqual([])
    expect(await intake().totals()).toMatchObject({ events: 1, duplicates: 0 })
  })

  it('leaves what it cannot read where it is, and takes in what is beside it', async () => {
    await env.ARCHIVE.put(spoolKey(NAME, { atMs: 1, uuid: 'new' }), new Uint8Array([9, 9]))
    await spool('old', segment(1n, [10n]))
    await sweepSpools(env)
    expect(await spooled()).toEqual([spoolKey(NAME, { atMs: 1, uuid: 'new' })])
    expect(await intake().totals()).toMatchObject({ events: 1 })
    expect(reported).toHaveBeenCalledWith(expect.stringContaining('SPOOL_UNREADABLE'))
  })

  it('takes in all but what R2 refuses to give, and reports that', async () => {
    const bucket = bucketWith(async () => {
      throw new Error('R2 is down')
    })
    expect(await sweepOf(bucket)).toBe(false)
    expect([...bucket.left]).toEqual(['a'])
    expect(reported).toHaveBeenCalledWith(expect.stringMatching(/SPOOL_NOT_TAKEN.*R2 is down/))
  })

  it('takes in the others while R2 hangs on one', async () => {
    const bucket = bucketWith(() => new Promise(() => {}))
    void sweepOf(bucket)
    await vi.waitFor(() => expect([...bucket.left]).toEqual(['a']), 1_000)
  })

  it.each([
    ['of a version that nobody knows', new Uint8Array([9, 9])],
    ['cut', new Uint8Array([1, 0, 0, 0, 2, 9])],
    ['with a segment of a version that nobody knows', encodeSpooled([new Uint8Array([9])])],
  ])(
    'keeps a group %s for 25 h where it is, then in quarantine, and goes on to forget',
    async (_, bytes) => {
      const key = spoolKey(NAME, { atMs: 1, uuid: 'new' })
      await env.ARCHIVE.put(key, bytes)
      const day = new Date().toISOString().slice(0, 10)
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 24.9 * 3_600_000 })
      expect(await intake().sweep()).toBe(false)
      expect(await spooled()).toEqual([key])
      vi.setSystemTime(Date.now() + 0.2 * 3_600_000)
      const remove = vi.spyOn(env.ARCHIVE, 'delete').mockRejectedValueOnce(new Error('R2 is down'))
      expect(await intake().sweep()).toBe(false)
      remove.mockRestore()
      expect(await intake().sweep()).toBe(true)
      expect(await spooled()).toEqual([])
      const { objects } = await env.ARCHIVE.list({ prefix: `quarantine/${day}/` })
      const [kept] = await Promise.all(objects.map(({ key: at }) => env.ARCHIVE.get(at)))
      expect(objects).toHaveLength(1)
      expect(kept?.customMetadata).toMatchObject({ path: key })
      expect(new Uint8Array((await kept?.arrayBuffer()) ?? [])).toEqual(bytes)
      expect(reported).toHaveBeenCalledWith(expect.stringContaining('SPOOL_QUARANTINED'))
    },
  )

  it('has what came while the object could not start, with a row of a later version in its way', async () => {
    await intake().append([segment(1n, [10n])])
    const exec = (query: string) =>
      runInDurableObject(intake(), (_, { storage }) => void storage.sql.exec(query))
    await exec("INSERT INTO chunk VALUES (7, 1, x'09')")
    await abortAllDurableObjects()
    const append = { intake: NAME, segments: [segment(2n, [20n])], isUrgent: false }
    expect(await appendSegments(env, append)).toBe('durable')
    expect(await spooled()).toHaveLength(1)
    expect(reported).toHaveBeenCalledWith(expect.stringContaining('APPEND_FAILED'))
  })

  it('runs once for two callers', async () => {
    await spool('a', segment(1n, [10n]))
    await runInDurableObject(intake(), async (object: Intake) => {
      const list = vi.spyOn(env.ARCHIVE, 'list')
      await Promise.all([object.sweep(), object.sweep()])
      expect(list).toHaveBeenCalledTimes(1)
    })
  })

  it.each([
    ['goes on at once where a sweep took all of its time', 10_000, 4],
    ['does not go on where a sweep ended early: R2 fails, or the log is full', 1_000, 1],
  ])('%s', async (_, sweepMs, sweeps) => {
    await spool('a', segment(1n, [10n]))
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2046-11-25T12:00:00Z') })
    const sweep = vi.fn(async () => {
      vi.setSystemTime(Date.now() + sweepMs)
      return sweep.mock.calls.length === 4
    })
    const getByName = () => ({ sweep })
    await sweepSpools({ ...env, INTAKE: { getByName } as unknown as Env['INTAKE'] })
    expect(sweep).toHaveBeenCalledTimes(sweeps)
  })

  it('wakes nobody when nothing is spooled, and reports an R2 that is down', async () => {
    const getByName = vi.spyOn(env.INTAKE, 'getByName')
    await sweepSpools(env)
    vi.spyOn(env.ARCHIVE, 'list').mockRejectedValue(new Error('R2 is down'))
    await sweepSpools(env)
    expect(getByName).not.toHaveBeenCalled()
    expect(reported).toHaveBeenCalledWith(expect.stringContaining('SPOOL_UNREADABLE'))
  })

  it('comes before ids are forgotten: what was spooled a day ago is known still', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2046-11-25T12:00:00Z') })
    const alarm = () => runInDurableObject(intake(), (object: Intake) => object.alarm())
    await intake().append([segment(1n, [10n])])
    await spool('late', segment(1n, [10n]), segment(5n, [10n]))
    vi.setSystemTime(Date.now() + 61_000)
    await alarm()
    await intake().append([segment(2n, [20n])])
    vi.setSystemTime(Date.now() + REMEMBERED_MS)
    await alarm()
    await alarm()
    expect(await spooled()).toEqual([])
    expect(await intake().totals()).toMatchObject({ events: 2, duplicates: 1 })
  })

  it('holds up no alarm while the Intake of unknown keys does not say what it has', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2046-11-25T12:00:00Z') })
    const alarm = () => runInDurableObject(intake(), (object: Intake) => object.alarm())
    await intake().append([segment(1n, [10n])])
    vi.setSystemTime(Date.now() + 61_000)
    await alarm()
    await intake().append([segment(2n, [20n])])
    vi.setSystemTime(Date.now() + REMEMBERED_MS)
    const stub = intake()
    const waitingSinceMs = vi.fn(() => new Promise<number>(() => {}))
    const getByName = env.INTAKE.getByName.bind(env.INTAKE)
    vi.spyOn(env.INTAKE, 'getByName').mockImplementation((name) =>
      name === 'unverified:any:0'
        ? Object.assign(Object.create(stub), { waitingSinceMs })
        : getByName(name),
    )
    const endedFirst = await Promise.race([
      alarm().then(() => 'the alarm'),
      scheduler.wait(4_000).then(() => 'patience'),
    ])
    expect([endedFirst, waitingSinceMs.mock.calls.length]).toEqual(['the alarm', 1])
  })

  it('must succeed before ids are forgotten', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2046-11-25T12:00:00Z') })
    const alarm = () => runInDurableObject(intake(), (object: Intake) => object.alarm())
    await intake().append([segment(1n, [10n])])
    vi.setSystemTime(Date.now() + 61_000)
    await alarm()
    await intake().append([segment(2n, [20n])])
    vi.setSystemTime(Date.now() + REMEMBERED_MS)
    const list = vi.spyOn(env.ARCHIVE, 'list').mockRejectedValue(new Error('R2 is down'))
    await alarm()
    list.mockRestore()
    await intake().append([segment(3n, [10n])])
    expect(await intake().totals()).toMatchObject({ events: 2, duplicates: 1 })
  })
})
