import { reportFailure } from '../report.ts'
import { within } from '../within.ts'
import { encodeDay, inParts } from './encode-day.ts'
import type { HashIndex } from './hash-index.ts'
import type { IntakeMemory } from './intake-memory.ts'
import { Retry } from './retry.ts'
import { chooseRollable, describeDay, rollDueAtMs } from './roll-plan.ts'

/** What rolling needs of its Intake. */
export interface RollerParts {
  readonly bucket: R2Bucket
  readonly index: HashIndex
  /** `{source}.{region}.{shard}.{epoch}`. */
  readonly intake: string
  readonly memory: IntakeMemory
}

/** Puts have been seen to hang for 30 s, and a part is larger than a chunk. */
const PUT_LIMIT_MS = 30_000
/** The least that R2 takes for a part but the last. */
const PART_BYTES = 5_242_880
/** While a day is rolled, the alarm looks after it in this time. */
const ROLLING_MS = 60_000
const BACKOFF = { firstMs: 60_000, maxMs: 3_600_000 }

/** Brings the runs of users into R2, a day in an object; they leave SQLite when it is there. */
export class Roller {
  readonly #parts: RollerParts
  #isRolling = false
  readonly #retry = new Retry(BACKOFF)

  constructor(parts: RollerParts) {
    this.#parts = parts
  }

  /** When to call `roll` next; null while there is nothing to roll. */
  dueAtMs(nowMs: number): number | null {
    if (this.#isRolling) return nowMs + ROLLING_MS
    const dueAtMs = rollDueAtMs(this.#parts.index.users)
    return dueAtMs === null ? null : Math.max(dueAtMs, this.#retry.atMs)
  }

  /** Rolls the oldest day if it is due; a failure is reported and tried again after a while. */
  async roll(): Promise<void> {
    const dueAtMs = this.dueAtMs(Date.now())
    if (dueAtMs === null || dueAtMs > Date.now()) return
    this.#isRolling = true
    let isRolled = false
    try {
      isRolled = await this.#rollDay()
    } catch (error) {
      reportFailure('ROLL_FAILED', { intake: this.#parts.intake }, error)
    }
    this.#isRolling = false
    this.#retry.note(isRolled, { nowMs: Date.now(), jitter: Math.random() })
  }

  /** Answers whether a day went; it waits while chunks that it names wait for the archive. */
  async #rollDay(): Promise<boolean> {
    const { bucket, index, intake, memory } = this.#parts
    const runs = chooseRollable(index.users, { archivedTo: memory.archivedTo, nowMs: Date.now() })
    if (runs.length === 0) return false
    const paged = runs.map((run) => index.openPages(run))
    const entries = paged.reduce((sum, run) => sum + run.entries, 0)
    const day = describeDay(runs, { intake, entries })
    await write(bucket, day.key, inParts(encodeDay(paged, day), PART_BYTES))
    index.setRolled(day)
    return true
  }
}

/** Resolves when all parts lie under the key; a repeat writes the same there. */
async function write(bucket: R2Bucket, key: string, parts: Generator<Uint8Array>): Promise<void> {
  const first = parts.next()
  const second = parts.next()
  if (first.done) throw new Error(`${key} has no content`)
  if (second.done) {
    await within(PUT_LIMIT_MS, `put of ${key}`, bucket.put(key, first.value))
    return
  }
  const started = bucket.createMultipartUpload(key)
  const upload = await within(PUT_LIMIT_MS, `start of ${key}`, started)
  const uploaded: R2UploadedPart[] = []
  const put = async (part: Uint8Array) => {
    const number = uploaded.length + 1
    const put = upload.uploadPart(number, part)
    uploaded.push(await within(PUT_LIMIT_MS, `part ${number} of ${key}`, put))
  }
  try {
    await put(first.value)
    await put(second.value)
    for (const part of parts) await put(part)
    await within(PUT_LIMIT_MS, `end of ${key}`, upload.complete(uploaded))
  } catch (error) {
    upload.abort().catch(() => {}) // R2 drops what is not completed after a week
    throw error
  }
}
