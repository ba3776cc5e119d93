import type { GrownIntake } from './growth.ts'
import type { MeasuredLatency } from './latency.ts'
import { SEAL_METHOD, type SealCpu } from './seal-cpu.ts'
import type { Verdict } from './targets.ts'
import type { MeasuredCell } from './throughput.ts'

const COLUMN = 12

/** What stands above the table, with what the emulator does otherwise than the platform. */
export const HEAD = `The whole way to the archive in workerd: worker/index.ts, and a bare Worker with one queue message a
request and a consumer (at most 100 messages, 5 s) that writes the same gzip NDJSON to R2. Both get the
same bytes in turn over keep-alive connections of this machine; no message id comes twice. Rates are
events a second from the first request until all are archived, or acknowledged; after them both get the
same filler, so that chunks close by events and no timer is timed. Ratios are medians of pairs of runs.
The emulator: its queue is in memory and hands out one batch at a time (the platform's is on disk, and
has up to 250 consumers); an object and R2 write to this disk; limits of requests are off, because they
are an object with a row a call here. Processor time is all of workerd's, emulators included.
`

const pad = (values: readonly string[]) => values.map((each) => each.padStart(COLUMN)).join('')
const whole = (value: number) => String(Math.round(value))
const tenth = (value: number) => (Number.isNaN(value) ? 'unknown' : value.toFixed(1))

/** The heads of the columns of `cellRow`. */
export const CELL_HEADS = `${pad(['', '', '', 'archived/s', '', '', 'acked/s', '', '', 'CPU µs/ev', ''])}
${pad(['events/req', 'connections', 'events', 'ours', 'naive', 'ratio', 'ours', 'naive', 'ratio', 'ours', 'naive'])}`

/** One line of the comparison. */
export function cellRow(cell: MeasuredCell): string {
  const { ours, naive } = cell
  const row = pad([
    whole(cell.eventsPerRequest),
    whole(cell.connections),
    cell.kind,
    whole(ours.archived),
    whole(naive.archived),
    cell.ratio.toFixed(2),
    whole(ours.acknowledged),
    whole(naive.acknowledged),
    cell.acknowledgedRatio.toFixed(2),
    tenth(ours.cpuUs),
    tenth(naive.cpuUs),
  ])
  if (ours.refusals + naive.refusals === 0) return row
  return `${row}  refused and sent again: ${ours.refusals} ours, ${naive.refusals} naive`
}

/** How long answers take, a line for each load. */
export function printLatency(measured: readonly MeasuredLatency[]): void {
  console.log('\nAnswers in ms, requests of one event, from when each was due\n')
  console.log(pad(['ours p50', 'p99', 'naive p50', 'p99']))
  for (const { load, ours, naive } of measured) {
    console.log(`${pad([ours.p50, ours.p99, naive.p50, naive.p99].map(tenth))}   ${load}`)
  }
}

/** What a million events cost the processor. */
export function printSealCpu(measured: SealCpu | null): void {
  if (measured === null) {
    console.log('\nCPU of a seal: not measured, this machine was too slow to fill all chunks first')
    return
  }
  const { events, append, seal } = measured
  console.log(`\nProcessor seconds for a million events, of ${events} in requests of 50`)
  console.log(`to the log ${tenth(append)}, their seal ${tenth(seal)}: ${SEAL_METHOD}.`)
}

/** One Intake at several sizes. */
export function printGrowth(grown: readonly GrownIntake[]): void {
  console.log('\nOne Intake as it grows: appends of 500 short events by its RPC, medians\n')
  console.log(pad(['known ids', 'fresh µs', 'known µs', 'restart ms']))
  for (const { knownIds, freshUs, duplicateUs, restartMs } of grown) {
    console.log(pad([whole(knownIds), tenth(freshUs), tenth(duplicateUs), whole(restartMs)]))
  }
}

/** Each target and whether it is met. */
export function printVerdicts(verdicts: readonly Verdict[]): void {
  console.log('')
  for (const { name, isMet, found } of verdicts) {
    console.log(`${isMet ? 'PASS' : 'FAIL'}  ${name}; found ${found}`)
  }
}
