// The bench's entry: the same Worker and objects as deployed, on counted bindings and a driven clock.
// `POST /__bench` sends a slice of a workload through it and answers with the counts so far.
import { env } from 'cloudflare:workers'
import { Destination as RealDestination } from '../../durable-objects/destination/destination.ts'
import { Intake as RealIntake } from '../../durable-objects/intake/intake.ts'
import { loadCatalogModule } from '../../queues/catalog/load.ts'
import { deliver } from '../../queues/deliver.ts'
import { createApp } from '../../worker/app.ts'
import { parseDeployment } from '../../worker/deployment.ts'
import { noCounts } from '../counts.ts'
import { fixedWorkspace } from './bench-workspace.ts'
import { DrivenClock } from './driven-clock.ts'
import { Driver } from './driver.ts'
import { type Meter, patchBucket, patchObject, patchQueue } from './patch-platform.ts'

const clock = new DrivenClock()
clock.install()
const meter: Meter = { counts: noCounts(), clock, messages: [] }
patchBucket(env.ARCHIVE, meter)
patchQueue(env.DELIVERIES, 'deliveries', meter)

const deployment = parseDeployment(env)
const workspace = fixedWorkspace()
const app = createApp({ deployment, workspace })
/** One promise and one clock for all: vendors answer at once. */
globalThis.fetch = async () => {
  meter.counts.delivered += 1
  return new Response('{"ok":true}', { headers: { 'content-type': 'application/json' } })
}

export class Intake extends RealIntake {
  constructor(ctx: DurableObjectState, env: Env) {
    patchObject(ctx, 'Intake', meter)
    super(ctx, env)
  }
  override append(...args: Parameters<RealIntake['append']>) {
    meter.counts.doRequests += 1
    return super.append(...args)
  }
  override alarm() {
    meter.counts.doRequests += 1
    return super.alarm()
  }
}

export class Destination extends RealDestination {
  constructor(ctx: DurableObjectState, env: Env) {
    patchObject(ctx, 'Destination', meter)
    super(ctx, env)
  }
  override owe(...args: Parameters<RealDestination['owe']>) {
    meter.counts.doRequests += 1
    return super.owe(...args)
  }
  override begin(...args: Parameters<RealDestination['begin']>) {
    meter.counts.doRequests += 1
    return super.begin(...args)
  }
  override settle(...args: Parameters<RealDestination['settle']>) {
    meter.counts.doRequests += 1
    return super.settle(...args)
  }
  override alarm() {
    meter.counts.doRequests += 1
    return super.alarm()
  }
}

const driver = new Driver(meter, {
  env,
  fetch: (request) => Promise.resolve(app.fetch(request, env)),
  consume: (batch) => deliver(batch, { env, workspace, loadModule: loadCatalogModule }),
})

export default {
  async fetch(request: Request): Promise<Response> {
    const order = await request.json<Parameters<Driver['run']>[0]>()
    return Response.json(await driver.run(order))
  },
}
