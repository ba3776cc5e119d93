import { setTimeout as sleep } from 'node:timers/promises'
import type { RunningWorker } from './start-worker.ts'

const SAMPLE_MS = 25
const TENTHS = 10

/** Megabytes in the second tenth of the requests, and in the last. */
export interface Growth {
  readonly early: number
  readonly late: number
}

/** What grew while requests were answered. */
export interface Memory {
  /** The least of the Worker's heap, which is what was left by a collection. */
  readonly heapMb: Growth
  /** The median of what workerd, with the emulators of R2 and queues in it, has in memory. */
  readonly residentMb: Growth
}

interface Sample {
  readonly answered: number
  readonly heapMb: number
  readonly residentMb: number
}

/** Samples until it is ended; `answered` tells how many requests are over. */
export function watchMemory(worker: RunningWorker, answered: () => number) {
  const samples: Sample[] = []
  let isOver = false
  const watching = watch()
  async function watch(): Promise<void> {
    while (!isOver) {
      const heapMb = await worker.heapMb()
      samples.push({ answered: answered(), heapMb, residentMb: worker.residentMb() })
      await sleep(SAMPLE_MS)
    }
  }
  return {
    end: async (requests: number): Promise<Memory> => {
      isOver = true
      await watching
      const inTenth = (tenth: number, field: 'heapMb' | 'residentMb') =>
        samples
          .filter((each) => Math.floor((each.answered * TENTHS) / (requests + 1)) === tenth)
          .map((each) => each[field])
      const growth = (field: 'heapMb' | 'residentMb', sum: (values: number[]) => number) => ({
        early: Math.round(sum(inTenth(1, field))),
        late: Math.round(sum(inTenth(TENTHS - 1, field))),
      })
      return {
        heapMb: growth('heapMb', (values) => Math.min(...values)),
        residentMb: growth('residentMb', median),
      }
    },
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
