import { describe, expect, it } from 'vitest'
import { noCounts } from '../../bench/counts.ts'
import { countBindings } from '../../bench/worker/count-bindings.ts'
import { DrivenClock } from '../../bench/worker/driven-clock.ts'

const meter = { counts: noCounts(), clock: new DrivenClock(), messages: [], entered: 0 }

class KvNamespace {
  get() {}
  put() {}
}
class R2Bucket {
  put() {}
  list() {}
  get() {}
  head() {}
  resumeMultipartUpload() {}
  async createMultipartUpload() {
    return new Upload()
  }
}
class Upload {
  async uploadPart() {}
  async complete() {}
  async abort() {}
}
class Ratelimit {
  readonly limitVal = 1
  async limit() {
    return { success: false }
  }
}

describe('countBindings', () => {
  it('names a binding that it has no counter for', () => {
    expect(() => countBindings({ SESSIONS: new KvNamespace() }, meter)).toThrow(
      'bench: the binding SESSIONS (KvNamespace) has no counter',
    )
    expect(() => countBindings({ OTHER: { get() {} } }, meter)).toThrow(
      'the binding OTHER (Object)',
    )
  })

  it('counts each step of an upload in parts as class A', async () => {
    const bucket = new R2Bucket()
    countBindings({ ARCHIVE: bucket }, meter)
    const upload = await bucket.createMultipartUpload()
    for (let part = 1; part <= 3; part += 1) await upload.uploadPart()
    await upload.complete()
    await upload.abort()
    expect(meter.counts).toEqual({ ...noCounts(), r2A: 5 })
  })

  it('lets variables be', () => {
    const variables = { SEAL_SECONDS: 5, LOCAL: 'true', LIST: [1, { a: null }], NONE: null }
    expect(() => countBindings(variables, meter)).not.toThrow()
  })

  it('takes a rate limit for free, and never reaches it', async () => {
    const limit = new Ratelimit()
    countBindings({ KEY_LIMIT: limit }, meter)
    expect(await limit.limit()).toEqual({ success: true })
  })
})
