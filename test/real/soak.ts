// `npm run test:soak -- --requests=500000`: the Worker in workerd takes that many requests over 64
// connections, then a tenth as many of which 1% hang up in the middle; no error, a flat heap, and
// each event is in the archive once.
import { parseArgs } from 'node:util'
import { findFaults } from './soak/find-faults.ts'
import { HANG_UP_SHARE, runSoak } from './soak/run-soak.ts'

const { values } = parseArgs({ options: { requests: { type: 'string', default: '500000' } } })
const requests = Number(values.requests)
if (!(requests >= 1_000)) throw new Error('--requests is a number, 1000 or more')

const faults: string[] = []
for (const [count, share] of [
  [requests, 0],
  [Math.ceil(requests / 10), HANG_UP_SHARE],
] as const) {
  console.log(`${count} requests, ${share * 100}% of which hang up at first`)
  const soaked = await runSoak(count, share)
  const { output, ...figures } = soaked
  console.log(figures, `and ${output.length} lines of output`)
  faults.push(...findFaults(soaked))
  if (output.length > 0) console.log(output.slice(0, 5).join('\n'))
}
for (const fault of faults) console.error(`FAULT: ${fault}`)
console.log(faults.length === 0 ? 'no error, a flat heap, each event once' : 'failed')
process.exit(faults.length === 0 ? 0 : 1)
