// The deployed Worker with a fault: it puts an object into the archive for each request.
import worker from '../../../worker/index.ts'

export * from '../../../worker/index.ts'

export default {
  ...worker,
  async fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
    await env.ARCHIVE.put('planted', 'x')
    return worker.fetch(request, env, ctx)
  },
}
