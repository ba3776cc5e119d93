// Stands around both designs of bench:speed alike: notes what reaches the archive, and lets the bench
// read it. A request that is measured is a POST and costs one comparison here.
import { env } from 'cloudflare:workers'
import type { Put } from '../../speed/statistics.ts'
import { isRateLimit, neverLimit } from '../count-bindings.ts'
import { patchMethods, patchOnce } from '../patch.ts'

/** What a design exports. */
export interface Design {
  fetch(request: Request, env: Env, ctx: ExecutionContext): Response | Promise<Response>
  scheduled?(controller: { readonly cron: string }, env: Env): Promise<void>
}

const ARCHIVE = 'archive/'
/** As in wrangler.toml: what callers left in the spool is swept. */
const EVERY_MINUTE = '* * * * *'
const puts: Put[] = []

watchBucket(env.ARCHIVE)
// The emulator's limiter is an object that writes a row at each call, which the platform's is not.
for (const binding of Object.values(env as object)) {
  if (typeof binding === 'object' && binding !== null && isRateLimit(binding)) neverLimit(binding)
}

/**
 * The design; a GET is the bench's own: the cron of a minute, which nobody else rings here, objects of
 * the archive, one of them, or all puts after a number.
 */
export function observe<T extends Design>(design: T): T {
  return {
    ...design,
    async fetch(request, env, ctx) {
      if (request.method !== 'GET') return design.fetch(request, env, ctx)
      const url = new URL(request.url)
      if (url.pathname !== '/minute') return answer(url, env)
      await design.scheduled?.({ cron: EVERY_MINUTE }, env)
      return Response.json({})
    },
  }
}

async function answer({ pathname, searchParams }: URL, env: Env): Promise<Response> {
  const from = searchParams.get('from') ?? ''
  if (pathname === '/puts') return Response.json(puts.slice(Number(from)))
  if (pathname === '/object') {
    const object = await env.ARCHIVE.get(from)
    return new Response(object?.body ?? null, { status: object === null ? 404 : 200 })
  }
  const { objects } = await env.ARCHIVE.list({ prefix: ARCHIVE, startAfter: from })
  return Response.json(objects.map(({ key }) => key))
}

function watchBucket(bucket: R2Bucket): void {
  patchOnce(bucket, (prototype) => {
    patchMethods(prototype, ['put'], async (real, _, args) => {
      const object = (await real(...args)) as R2Object | null // the real one
      const [key, , options] = args as Parameters<R2Bucket['put']>
      if (key.startsWith(ARCHIVE)) notePut(Number(options?.customMetadata?.lines))
      return object
    })
  })
}

/** The clock of the machine, which stands still in a Worker until the answer of a put. */
function notePut(lines: number): void {
  puts.push({ atMs: Date.now(), total: (puts.at(-1)?.total ?? 0) + lines })
}
