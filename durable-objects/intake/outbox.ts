import type { Workspace } from '../workspace/snapshot.ts'
import { Archiver } from './archiver.ts'
import { Router } from './router.ts'
import type { ChunkKeeper } from './store-state.ts'

/** The Intake that an outbox works for. */
export interface OutboxParts extends ChunkKeeper {
  readonly env: Env
  readonly workspace: Workspace
  /** The object's name, its source, and `{source}.{region}.{shard}.{epoch}`. */
  readonly name: string
  readonly source: string
  readonly intake: string
  /** Runs when something ended that `work` did not wait for. */
  readonly afterwards: () => void
}

/** Brings planned chunks into the archive and to their destinations, again and again until all are there. */
export class Outbox {
  readonly #archiver: Archiver
  readonly #router: Router

  constructor(parts: OutboxParts) {
    this.#router = new Router(parts)
    this.#archiver = new Archiver(parts, (chunk) => this.#router.add(chunk))
  }

  /** When there is something to do next, `netAtMs` for what is under way; null when nothing is open. */
  dueAtMs(netAtMs: number): number | null {
    const times = [this.#archiver.dueAtMs(netAtMs), this.#router.dueAtMs(netAtMs)]
    const due = times.filter((time) => time !== null)
    return due.length === 0 ? null : Math.min(...due)
  }

  /** Does what is due. What is archived already is routed meanwhile: R2 may hang. Never rejects. */
  async work(): Promise<void> {
    void this.#router.work()
    await this.#archiver.work()
    await this.#router.work()
  }
}
