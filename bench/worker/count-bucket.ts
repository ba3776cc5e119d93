import type { Meter } from './meter.ts'
import { patchMethods, patchOnce } from './patch.ts'

/** Counts what an R2 bucket is asked: writes, lists and steps of an upload are class A, reads B. */
export function countBucket(bucket: object, { counts }: Meter): void {
  patchOnce(bucket, (prototype) => {
    patchMethods(prototype, ['put', 'list'], (real, _, args) => {
      counts.r2A += 1
      return real(...args)
    })
    patchMethods(prototype, ['get', 'head'], (real, _, args) => {
      counts.r2B += 1
      return real(...args)
    })
    patchMethods(prototype, ['createMultipartUpload'], async (real, _, args) => {
      counts.r2A += 1
      return countUpload(await real(...args), counts)
    })
    patchMethods(prototype, ['resumeMultipartUpload'], (real, _, args) =>
      countUpload(real(...args), counts),
    )
  })
}

/** Each part and the end of an upload are class A; to abort it is free. */
function countUpload(upload: unknown, counts: Meter['counts']): unknown {
  patchOnce(upload as R2MultipartUpload, (prototype) => {
    patchMethods(prototype, ['uploadPart', 'complete'], (real, _, args) => {
      counts.r2A += 1
      return real(...args)
    })
  })
  return upload
}
