// Puts counters and a driven clock on the deployed Worker. What imports this before the Worker's own
// modules, and exports `serve` and the counted objects, is the bench's entry: bench/bundle.ts writes it.
import { env } from 'cloudflare:workers'
import { noCounts } from '../counts.ts'
import { countBindings } from './count-bindings.ts'
import { countObject } from './count-object.ts'
import { DrivenClock } from './driven-clock.ts'
import { Driver, type Product } from './driver.ts'
import type { Meter } from './meter.ts'

const clock = new DrivenClock()
clock.install()
const meter: Meter = { counts: noCounts(), clock, messages: [], entered: 0 }
countBindings(env, meter)

/** One promise and one clock for all: vendors answer at once. */
globalThis.fetch = async () => {
  meter.counts.delivered += 1
  return new Response('{"ok":true}', { headers: { 'content-type': 'application/json' } })
}

/** An object class of the Worker, counted. */
export const count = (Real: Parameters<typeof countObject>[0], binding: string) =>
  countObject(Real, binding, meter)

/** Takes orders instead of requests, and answers each with the counts so far. */
export function serve(product: Product) {
  const driver = new Driver(meter, { env, product })
  return {
    async fetch(request: Request): Promise<Response> {
      const order = await request.json<Parameters<Driver['run']>[0]>()
      return Response.json(await driver.run(order))
    },
  }
}
