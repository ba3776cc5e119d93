// The product's Intake alone, driven by its own RPC: bench:speed lets it grow, appends to it and
// starts it again.
import { Intake as ProductIntake } from '../../../durable-objects/intake/intake.ts'
import { encodeSegment, type Hash } from '../../../worker/event/segment.ts'

export { Destination } from '../../../durable-objects/destination/destination.ts'

/** The product's class, which the bench can end. */
export class Intake extends ProductIntake {
  endNow(): void {
    this.ctx.abort('the bench ends this instance')
  }
}

/** Of every eight events the sender is one person. */
const EVENTS_PER_PERSON = 8
const SEGMENT_EVENTS = 500
/** Odd, so that no two numbers have one hash (2^64 over the golden ratio). */
const SPREAD = 0x9e3779b97f4a7c15n
const encoder = new TextEncoder()
/** Segment ids lie apart from the ids of events. */
let lastSegment = 2n ** 40n

interface GrowthEnv {
  readonly INTAKE: DurableObjectNamespace<Intake>
}

/** GET /append?from=&count=&step=, /totals or /end; each answers with JSON. */
export default {
  async fetch(request: Request, env: GrowthEnv): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    const read = (name: string) => Number(searchParams.get(name))
    const stub = env.INTAKE.getByName('speed:any:0')
    if (pathname === '/totals') return Response.json(await stub.totals())
    if (pathname === '/end') {
      await stub.endNow().catch(() => {}) // its own doing
      return Response.json({})
    }
    return Response.json(
      await append(stub, { from: read('from'), count: read('count'), step: read('step') }),
    )
  },
}

/** Numbers of events: `count` of them from `from` on, each `step` after the last. */
interface Numbers {
  readonly from: number
  readonly count: number
  readonly step: number
}

/** Encodes first; only the calls are timed, by a clock that stands still between them. */
async function append(
  stub: DurableObjectStub<Intake>,
  { from, count, step }: Numbers,
): Promise<{ ms: number }> {
  const segments: Uint8Array[] = []
  for (let done = 0; done < count; done += SEGMENT_EVENTS) {
    segments.push(
      makeSegment({
        from: from + done * step,
        count: Math.min(SEGMENT_EVENTS, count - done),
        step,
      }),
    )
  }
  await scheduler.wait(0)
  const begunAtMs = Date.now()
  for (const segment of segments) {
    const { state } = await stub.append([segment], { urgent: true })
    if (state !== 'durable') throw new Error(`bench: an append was ${state}`)
  }
  return { ms: Date.now() - begunAtMs }
}

function makeSegment({ from, count, step }: Numbers): Uint8Array {
  const items = Array.from({ length: count }, (_, n) => {
    const number = from + n * step
    return {
      kind: 'event' as const,
      line: encoder.encode(`{"messageId":"growth-${number}"}\n`),
      messageHash: hashOf(BigInt(number + 1)),
      userHash: 0n,
      anonymousHash: hashOf(2n ** 41n + BigInt(Math.floor(number / EVENTS_PER_PERSON))),
    }
  })
  lastSegment += 1n
  return encodeSegment({
    id: hashOf(lastSegment),
    source: 'speed',
    receivedAtMs: Date.now(),
    items,
  })
}

/** Spread as a SHA-256 is, and never twice. */
function hashOf(number: bigint): Hash {
  let hash = BigInt.asUintN(64, number * SPREAD)
  hash = BigInt.asUintN(64, (hash ^ (hash >> 30n)) * 0xbf58476d1ce4e5b9n)
  hash = BigInt.asUintN(64, (hash ^ (hash >> 27n)) * 0x94d049bb133111ebn)
  return hash ^ (hash >> 31n)
}
