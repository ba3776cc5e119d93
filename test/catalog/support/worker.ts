// What Millrace does with an event that is owed, as a Worker of its own: a request is a delivery.
import type { DestinationConfig } from '../../../durable-objects/workspace/snapshot.ts'
import { loadCatalogModule } from '../../../queues/catalog/load.ts'
import { deliverEvent, makeDestination } from '../../../queues/deliver-event.ts'
import { fixWorld } from './fixed-world.ts'

/** An event and where it is due. */
export interface Delivery {
  readonly line: string
  readonly config: DestinationConfig
}

export default {
  async fetch(request: Request): Promise<Response> {
    const { line, config } = (await request.json()) as Delivery // from requests.test.ts
    const module = await loadCatalogModule(config.catalogKey)
    const restore = fixWorld()
    try {
      const { recordRequests } = module
      const destination = makeDestination(module)
      const delivery = { destination, recordRequests, config, isTimeOver: () => false }
      return Response.json(await deliverEvent(line, delivery))
    } finally {
      restore()
    }
  },
}
