// `npm run bench:gate`: counts a twentieth of the reference workload and fails when an operation has
// moved by more than 5% from bench/counts.json, up or down. --write takes the new counts as the rule.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compareCounts, perMillion, type Rule } from './compare-counts.ts'
import type { Counts } from './counts.ts'
import { runPipeline } from './run-pipeline.ts'
import { SHAPES, VISITORS } from './workload.ts'

const FILE = join(import.meta.dirname, 'counts.json')
const WORKLOAD = { visitors: VISITORS / 20, seed: 1 }

const counted: [string, Counts][] = []
for (const shape of SHAPES) {
  counted.push([String(shape.eventsPerRequest), await runPipeline(shape, WORKLOAD)])
}
const found: Rule = Object.fromEntries(counted.map(([name, counts]) => [name, perMillion(counts)]))
if (process.argv.includes('--write')) {
  writeFileSync(FILE, `${JSON.stringify(found, null, 2)}\n`)
} else {
  const faults = compareCounts(JSON.parse(readFileSync(FILE, 'utf8')) as Rule, found)
  for (const fault of faults) console.error(fault)
  if (faults.length > 0) process.exit(1)
  console.log(`operations per million events are within 5% of bench/counts.json`)
}
