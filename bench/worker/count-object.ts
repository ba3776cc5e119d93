import type { DurableObject } from 'cloudflare:workers'
import { countStorage } from './count-storage.ts'
import type { Meter } from './meter.ts'
import { patchMethods, patchOnce } from './patch.ts'
import { runAs } from './running-object.ts'

type ObjectClass = new (ctx: DurableObjectState, env: Env) => DurableObject<Env>

/** The class with its rows and alarms counted; `binding` is the namespace that the driver rings it by. */
export function countObject(Real: ObjectClass, binding: string, meter: Meter): ObjectClass {
  const Counted = class extends Real {
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

    /** A timer costs nothing but the time that the object is busy. */
    async ringTimers(): Promise<void> {
      meter.clock.runTimers(`${binding}/${this.ctx.id.name}`)
    }
  }
  followMethods(Real.prototype, Counted.prototype, { binding, meter })
  return Counted
}

/** Every method of the object's own class runs as the object's, and is seen to begin. */
function followMethods(
  real: object,
  counted: object,
  { binding, meter }: { binding: string; meter: Meter },
): void {
  for (const name of Object.getOwnPropertyNames(real)) {
    const method: unknown = Object.getOwnPropertyDescriptor(real, name)?.value
    if (name === 'constructor' || typeof method !== 'function') continue
    Object.defineProperty(counted, name, {
      value(this: { ctx: DurableObjectState }, ...args: unknown[]) {
        meter.entered += 1
        return runAs(`${binding}/${this.ctx.id.name}`, () => Reflect.apply(method, this, args))
      },
    })
  }
}

/** Runs the due timers of an object that `countObject` made. */
export async function ringTimers(stub: object): Promise<void> {
  await (stub as { ringTimers(): Promise<void> }).ringTimers() // the class above
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
