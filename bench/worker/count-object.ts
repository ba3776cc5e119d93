import type { DurableObject } from 'cloudflare:workers'
import { countStorage } from './count-storage.ts'
import type { Meter } from './meter.ts'
import { patchMethods, patchOnce } from './patch.ts'

type ObjectClass = new (ctx: DurableObjectState, env: Env) => DurableObject<Env>

/** The class with its rows and alarms counted; `binding` is the namespace that the driver rings it by. */
export function countObject(Real: ObjectClass, binding: string, meter: Meter): ObjectClass {
  return class extends Real {
    constructor(ctx: DurableObjectState, env: Env) {
      if (ctx.id.name === undefined) throw new Error(`bench: an object of ${binding} has no name`)
      countStorage(ctx.storage, `${binding}/${ctx.id.name}`, meter)
      followBackground(ctx, meter)
      super(ctx, env)
    }

    async ringAlarm(): Promise<void> {
      meter.counts.doRequests += 1
      await this.alarm?.()
    }
  }
}

/** Rings the alarm of an object that `countObject` made. */
export async function ringAlarm(stub: object): Promise<void> {
  await (stub as { ringAlarm(): Promise<void> }).ringAlarm() // the class above
}

function followBackground(ctx: DurableObjectState, { clock }: Meter): void {
  patchOnce(ctx, (prototype) => {
    patchMethods(prototype, ['waitUntil'], (real, _, [work]) => {
      clock.follow(work as Promise<unknown>)
      return real(work)
    })
  })
}
