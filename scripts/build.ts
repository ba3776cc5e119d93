import { join } from 'node:path'
import { catalogue } from './build/catalog.ts'
import { demoClient, liveClient } from './build/client-scripts.ts'
import { runStep, type Step } from './build/run-step.ts'
import { sdk } from './build/sdk.ts'

const STEPS: readonly Step[] = [catalogue, sdk, demoClient, liveClient]

const root = join(import.meta.dirname, '..')

for (const step of STEPS) {
  try {
    const line = await runStep(step, root)
    if (line !== null) console.log(line)
  } catch (error) {
    console.error(`build of ${step.name} failed: ${error instanceof Error ? error.message : error}`)
    process.exit(1)
  }
}
