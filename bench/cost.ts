// `npm run bench:cost`: what a million events cost, counted on the real pipeline in workerd.
// --visitors=20000 runs the whole reference workload, --json ends with one line for machines.
import { parseArgs } from 'node:util'
import { type BillLine, makeBill, objectGbSeconds, totalOf } from './bill.ts'
import type { Counts } from './counts.ts'
import { countNaive, NAIVE_CONSUMER_CPU_MS } from './naive.ts'
import { OTHERS, PRICES_READ_ON } from './prices.ts'
import { runPipeline } from './run-pipeline.ts'
import { REQUESTS_PER_SECOND, SHAPES, VISITORS } from './workload.ts'

const SEED = 20_261_125
const NAME_WIDTH = 36
const COLUMN_WIDTH = 12

const { values } = parseArgs({
  options: { visitors: { type: 'string', default: '1000' }, json: { type: 'boolean' } },
})
const workload = { visitors: Number(values.visitors), seed: SEED }
if (!Number.isInteger(workload.visitors) || workload.visitors < 1) {
  console.error(`--visitors is ${values.visitors}: it must be a whole number above 0`)
  process.exit(1)
}

const counted: Counts[] = []
for (const shape of SHAPES) counted.push(await runPipeline(shape, workload))
const grouped: Counts[] = []
const shared = { ...workload, visitors: Math.ceil(workload.visitors / 10), isGrouped: true }
for (const shape of SHAPES) grouped.push(await runPipeline(shape, shared))
const bills = counted.map((counts) => makeBill(counts))
const naive = SHAPES.map((shape) =>
  totalOf(makeBill(countNaive(shape, workload), { consumerCpuMs: NAIVE_CONSUMER_CPU_MS })),
)

printHead()
for (const [index, { name }] of (bills[0] ?? []).entries()) {
  printRow(
    name,
    bills.map((bill) => bill[index]?.dollars ?? 0),
  )
}
printRow('Millrace, all of it', bills.map(totalOf))
printRow(
  'The same, all from one isolate †',
  grouped.map((counts) => totalOf(makeBill(counts))),
)
printRow('Naive: a queue message a request *', naive)
printFoot()
if (values.json) printJson(bills)

function printHead(): void {
  const events = counted.reduce((sum, each) => sum + each.events, 0)
  console.log(`Dollars per million events, Cloudflare's prices of ${PRICES_READ_ON}.`)
  console.log(
    `${workload.visitors} of ${VISITORS} visitors, ${events} events, ${REQUESTS_PER_SECOND} requests/s, three destinations, one object call a request.\n`,
  )
  const heads = SHAPES.map((shape) => `${shape.eventsPerRequest}`.padStart(COLUMN_WIDTH))
  console.log('events per request'.padEnd(NAME_WIDTH) + heads.join(''))
}

function printRow(name: string, dollars: readonly number[]): void {
  const columns = dollars.map((each) => each.toFixed(3).padStart(COLUMN_WIDTH))
  console.log(name.padEnd(NAME_WIDTH) + columns.join(''))
}

function printFoot(): void {
  console.log(`
† requests that wait together share a call; counted on a tenth of the visitors.
* parse, stamp, send; a consumer writes chunks. It neither dedupes nor delivers.
In no figure: rows read, what is stored in objects and R2, log lines, the deletes of retention, the
crons. Identity and profiles are counted: 30% of the visitors are known, a fifth of those are new.

Prices of others, dollars per million events, as found:`)
  for (const { name, dollarsPerMillion, note, source, readOn } of OTHERS) {
    console.log(`  ${name.padEnd(24)}${String(dollarsPerMillion).padStart(5)}  ${note}`)
    console.log(`${' '.repeat(33)}${source}; ${readOn}`)
  }
}

function printJson(bills: readonly (readonly BillLine[])[]): void {
  const byShape = <T>(values: readonly T[]) =>
    Object.fromEntries(SHAPES.map((shape, index) => [shape.eventsPerRequest, values[index]]))
  const counts = counted.map((each) => ({ ...each, doGbSeconds: objectGbSeconds(each) }))
  console.log(JSON.stringify({ perMillion: byShape(bills.map(totalOf)), counts: byShape(counts) }))
}
