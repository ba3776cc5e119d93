// `npm run test:kill -- --kills=20 --seed=1`: Millrace is killed under load again and again; each
// acknowledged event must be in the archive once and reach the webhook.
import { parseArgs } from 'node:util'
import { runKills } from './kill/run-kills.ts'

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '20' }, seed: { type: 'string' } },
})
const kills = Number(values.kills)
const seed = Number(values.seed ?? Date.now() % 1_000_000)
if (!(kills >= 1) || !Number.isInteger(seed)) throw new Error('--kills and --seed are numbers')

console.log(`seed ${seed}, ${kills} kills`)
const { faults, ...balance } = await runKills(kills, seed)
console.table(balance)
for (const fault of faults) console.error(`FAULT: ${fault}`)
console.log(faults.length === 0 ? 'nothing lost, nothing doubled' : `failed with --seed=${seed}`)
process.exit(faults.length === 0 ? 0 : 1)
