// `npm run bench:speed`: how fast events come to the archive in workerd, against the naive design.
// --events=FILE measures with the events of an NDJSON file too; --quick is a smoke of a minute;
// --seconds and --runs say how long and how often a cell is measured; --only=throughput (latency, seal,
// growth) measures a part; --json ends with one line for machines.
import { parseArgs } from 'node:util'
import { Contest } from './speed/contest.ts'
import { type GrownIntake, measureGrowth } from './speed/growth.ts'
import { type MeasuredLatency, measureLatency } from './speed/latency.ts'
import { type Plan, parsePlan } from './speed/plan.ts'
import {
  CELL_HEADS,
  cellRow,
  HEAD,
  printGrowth,
  printLatency,
  printSealCpu,
  printVerdicts,
} from './speed/print.ts'
import { type EventKind, generateTexts, readTexts } from './speed/read-texts.ts'
import { measureSealCpu } from './speed/seal-cpu.ts'
import { startDesign } from './speed/start-design.ts'
import { judgeRatios, judgeRestart } from './speed/targets.ts'
import { type MeasuredCell, measureCell } from './speed/throughput.ts'

const { values } = parseArgs({
  options: {
    events: { type: 'string' },
    only: { type: 'string' },
    seconds: { type: 'string' },
    runs: { type: 'string' },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})
const plan = parsePlan(values)
if ('fault' in plan) {
  console.error(plan.fault)
  process.exit(1)
}
const wants = (part: string) => values.only === undefined || values.only === part
const generated = generateTexts()
const kinds = values.events === undefined ? [generated] : [generated, readTexts(values.events)]

console.log(HEAD)
const { cells, latencies } = await compareDesigns(plan)
const sealCpu = wants('seal') ? await measureSealCpu(generated, plan.seal) : null
if (wants('seal')) printSealCpu(sealCpu)
const growth = wants('growth') ? await measureGrowth(plan.growth) : []
if (growth.length > 0) printGrowth(growth)
const verdicts = [...judgeRatios(cells), ...growth.flatMap(judgeGrown)]
printVerdicts(verdicts)
if (values.json) console.log(JSON.stringify({ cells, latencies, sealCpu, growth, verdicts }))
process.exit(verdicts.every(({ isMet }) => isMet) ? 0 : 1)

/** Throughput and answers, both designs side by side; then every event must be there once. */
async function compareDesigns(
  plan: Plan,
): Promise<{ cells: MeasuredCell[]; latencies: MeasuredLatency[] }> {
  if (!wants('throughput') && !wants('latency')) return { cells: [], latencies: [] }
  const contest = new Contest([await startDesign('ours'), await startDesign('naive')])
  try {
    const cells = wants('throughput') ? await measureCells(contest, plan) : []
    const latencies = wants('latency')
      ? await measureLatency(contest, generated, plan.latencySeconds)
      : []
    if (latencies.length > 0) printLatency(latencies)
    console.log(`\nverified: ${await contest.verify()} events, each once in both archives`)
    return { cells, latencies }
  } finally {
    for (const design of contest.designs) await design.end()
  }
}

async function measureCells(contest: Contest, plan: Plan): Promise<MeasuredCell[]> {
  console.log(CELL_HEADS)
  const cells: MeasuredCell[] = []
  for (const cell of cellsOf(plan, kinds)) {
    const measured = await measureCell(contest, cell, plan)
    console.log(cellRow(measured))
    cells.push(measured)
  }
  return cells
}

function cellsOf({ eventsPerRequest, connections }: Plan, kinds: readonly EventKind[]) {
  return kinds.flatMap((kind) =>
    eventsPerRequest.flatMap((each) =>
      connections.map((count) => ({ kind, eventsPerRequest: each, connections: count })),
    ),
  )
}

function judgeGrown({ knownIds, restartMs }: GrownIntake) {
  return judgeRestart(knownIds, restartMs)
}
