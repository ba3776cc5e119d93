// The deployed Worker with a fault: it asks an object for its state at each request.
import worker from '../../../worker/index.ts'

export * from '../../../worker/index.ts'

export default {
  ...worker,
  async fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
    await env.DESTINATION.getByName('bench-1').state()
    return worker.fetch(request, env, ctx)
  },
}
