// Loads the destination that the path names and tells what it found.
import { loadCatalogModule } from '../../../queues/catalog/load.ts'

export default {
  async fetch(request: Request): Promise<Response> {
    const { definition, Destination } = await loadCatalogModule(
      new URL(request.url).pathname.slice(1),
    )
    const { name, actions } = new Destination(definition)
    return Response.json({ name, actions: Object.keys(actions) })
  },
}
