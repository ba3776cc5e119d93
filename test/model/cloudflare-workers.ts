// Takes the place of the module `cloudflare:workers` in the simulated platform.

/** The base class, without the runtime behind it. */
export class DurableObject {
  readonly ctx: unknown
  readonly env: unknown

  constructor(ctx: unknown, env: unknown) {
    this.ctx = ctx
    this.env = env
  }
}

export const waitUntil = (work: Promise<unknown>): void => void work.catch(() => {})
