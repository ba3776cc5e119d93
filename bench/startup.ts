// `npm run bench:startup`: what the catalogue's modules cost a Worker that starts. workerd itself is
// started RUNS (15) times with what a deployment would upload. workerd reads a configuration that
// holds the modules, which a deployment does not: the row of texts shows how much of the time that is.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dryRunDeploy } from '../test/catalog/support/dry-run.ts'
import { compileConfig, type Start, startOnce } from './startup/start-once.ts'
import { type CatalogAs, writeConfig } from './startup/worker-config.ts'

const RUNS = Number(process.env.RUNS ?? 15)

const KINDS: readonly { readonly name: string; readonly catalogAs: CatalogAs }[] = [
  { name: 'without the catalogue', catalogAs: null },
  { name: 'its modules as texts', catalogAs: 'text' },
  { name: 'with the catalogue', catalogAs: 'esModule' },
]

const upload = mkdtempSync(join(tmpdir(), 'millrace-startup-'))
try {
  await dryRunDeploy(upload)
  await compare()
} finally {
  rmSync(upload, { recursive: true })
}

async function compare(): Promise<void> {
  const kinds = KINDS.map(({ name, catalogAs }) => {
    const path = join(upload, `${catalogAs}.capnp`)
    writeFileSync(path, writeConfig(upload, catalogAs))
    return { name, config: compileConfig(path), starts: [] as Start[] }
  })
  for (const { config } of kinds) await startOnce(config) // the files are in memory from here on
  for (let run = 0; run < RUNS; run += 1) {
    for (const { config, starts } of kinds) starts.push(await startOnce(config))
  }
  console.log(`medians of ${RUNS} starts of workerd, in turn`)
  console.table(Object.fromEntries(kinds.map(({ name, starts }) => [name, summarize(starts)])))
}

function summarize(starts: readonly Start[]) {
  const memory = starts.flatMap(({ memoryMb }) => memoryMb ?? [])
  return {
    'first answer, ms': median(starts.map(({ firstMs }) => firstMs)),
    'second answer, ms': median(starts.map(({ secondMs }) => secondMs)),
    'memory, MB': memory.length === 0 ? 'unknown' : median(memory),
  }
}

function median(values: readonly number[]): number {
  const middle = [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
  return Math.round(middle * 10) / 10
}
