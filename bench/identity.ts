// `npm run bench:identity`: what a call of 1,000 events costs Identity, with 1,000 to 1 million ids known,
// on real workerd. Exit 1 if a call takes over 50 ms, or an event costs more the more ids are known.
// --quick stops at 100,000 ids, --json ends with one line for machines.
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import {
  EVENTS_PER_CALL,
  IDS_PER_USER,
  type IdentityOrder,
  type TimedCall,
} from './identity-order.ts'
import { readDeployment } from './read-deployment.ts'

const ROOT = join(import.meta.dirname, '..')
const SIZES = [1_000, 10_000, 100_000, 1_000_000]
const QUICK_SIZES = SIZES.slice(0, 3)
const FILL_USERS = 1_000
const CALLS = 15
const MAX_CALL_MS = 50
/** An event may cost so many times what it costs with 1,000 ids known: look-ups go a level or two deeper. */
const MAX_GROWTH = 2

interface Row {
  readonly knownIds: number
  readonly bestMs: number
  readonly medianMs: number
  readonly maxMs: number
  readonly microsecondsPerEvent: number
  readonly rowsWrittenPerEvent: number
  readonly bytesPerId: number
}

const { values } = parseArgs({
  options: { quick: { type: 'boolean' }, json: { type: 'boolean' } },
})
const sizes = values.quick ? QUICK_SIZES : SIZES
const miniflare = await start()
try {
  const rows = await measure()
  print(rows)
  const faults = findFaults(rows)
  for (const fault of faults) console.error(fault)
  if (values.json) console.log(JSON.stringify({ rows, faults }))
  process.exitCode = faults.length > 0 ? 1 : 0
} finally {
  await miniflare.dispose()
}

async function start(): Promise<Miniflare> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, 'bench/worker/identity-driver.ts')],
    bundle: true,
    format: 'esm',
    target: 'es2024',
    external: ['cloudflare:*', 'node:*'],
    write: false,
    logLevel: 'error',
  })
  return new Miniflare(
    convertV4MiniflareOptions({
      modules: [{ type: 'ESModule', path: 'index.js', contents: outputFiles[0]?.text ?? '' }],
      ...readDeployment().compatibility,
      durableObjects: { IDENTITY: { className: 'CountedIdentity', useSQLite: true } },
      cf: false,
    }),
  )
}

/** Fills an object for each size, then calls them in turn: what else the machine does meets all alike. */
async function measure(): Promise<Row[]> {
  for (const size of sizes) await fill(size)
  const calls = new Map<number, TimedCall[]>(sizes.map((size) => [size, []]))
  for (let seed = 0; seed <= CALLS; seed += 1) {
    for (const size of sizes) {
      const users = Math.floor(size / IDS_PER_USER)
      const call = await order({ kind: 'call', object: String(size), users, seed })
      if (seed > 0) calls.get(size)?.push(call) // the first one warms up
    }
  }
  return [...calls].map(([size, timed]) => summarize(size, timed))
}

async function fill(size: number): Promise<void> {
  const users = Math.floor(size / IDS_PER_USER)
  for (let from = 0; from < users; from += FILL_USERS) {
    const to = Math.min(users, from + FILL_USERS)
    await order({ kind: 'fill', object: String(size), users: [from, to] })
  }
}

async function order(body: IdentityOrder): Promise<TimedCall> {
  const response = await miniflare.dispatchFetch('http://bench/', {
    method: 'POST',
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`bench: ${response.status} ${await response.text()}`)
  return (await response.json()) as TimedCall
}

function summarize(knownIds: number, calls: readonly TimedCall[]): Row {
  const times = calls.map(({ ms }) => ms).sort((a, b) => a - b)
  const medianMs = times[Math.floor(times.length / 2)] ?? Number.NaN
  const rowsWritten = calls.reduce((sum, each) => sum + each.rowsWritten, 0)
  return {
    knownIds,
    bestMs: times[0] ?? Number.NaN,
    medianMs,
    maxMs: times.at(-1) ?? Number.NaN,
    microsecondsPerEvent: (medianMs * 1_000) / EVENTS_PER_CALL,
    rowsWrittenPerEvent: rowsWritten / calls.length / EVENTS_PER_CALL,
    bytesPerId: (calls[0]?.bytes ?? 0) / knownIds,
  }
}

function print(rows: readonly Row[]): void {
  console.log(
    `Identity: ${CALLS} calls of ${EVENTS_PER_CALL} events at each size, in turn; times as the caller sees them`,
  )
  console.table(
    Object.fromEntries(
      rows.map((row) => [
        row.knownIds.toLocaleString('en'),
        {
          'ms a call, best': row.bestMs,
          'ms, median': row.medianMs,
          'ms, worst': row.maxMs,
          'µs an event': row.microsecondsPerEvent,
          'rows written an event': Number(row.rowsWrittenPerEvent.toFixed(3)),
          'bytes an id': Math.round(row.bytesPerId),
        },
      ]),
    ),
  )
}

function findFaults(rows: readonly Row[]): string[] {
  const [first] = rows
  const last = rows.at(-1)
  if (first === undefined || last === undefined) return ['nothing was measured']
  // By the best call: what else the machine does is no growth.
  const growth = last.bestMs / first.bestMs
  const known = last.knownIds.toLocaleString('en')
  return [
    ...(last.medianMs <= MAX_CALL_MS
      ? []
      : [`a call takes ${last.medianMs} ms at ${known} ids, more than ${MAX_CALL_MS}`]),
    ...(growth <= MAX_GROWTH
      ? []
      : [
          `an event costs ${growth.toFixed(1)} times more at ${known} ids than at ${first.knownIds}`,
        ]),
  ]
}
